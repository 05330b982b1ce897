"""Wrong: the "autoencoder" loss compares G of random noise with x, the encoder is never used.

check: autoencoder_loss_is_right
mistake: wrong-reconstruction-target
also: encoder-never-updated
"""
import torch
from torch import nn

bce = nn.BCELoss()
mse = nn.MSELoss()

def configure_optimizers(model, lr):
    return {"discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
            "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
            "encoder": torch.optim.Adam(model.encoder.parameters(), lr=lr)}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    x_generated = model.generator(z)
    return mse(x_generated, x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    for o in optimizers.values(): o.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()
    for o in optimizers.values(): o.zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
