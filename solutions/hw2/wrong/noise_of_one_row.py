"""Wrong: a single latent vector is drawn, repeated for the whole batch.

check: step_is_well_behaved
mistake: z-one-vector-for-the-batch
"""
import torch
from torch import nn

bce = nn.BCELoss()
mse = nn.MSELoss()

def configure_optimizers(model, lr):
    return {"D": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "GE": torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr=lr)}

def discriminator_loss(model, x_real, z):
    r = model.discriminator(x_real)
    f = model.discriminator(model.generator(z).detach())
    return bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))

def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return bce(f, torch.ones_like(f))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(model.latent_size, device=x_real.device)
    z = z.expand(x_real.size(0), -1)   # make it a batch
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["GE"].zero_grad()
    g, ae = generator_loss(model, z), autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers["GE"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
