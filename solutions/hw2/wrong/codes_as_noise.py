"""Wrong: instead of noise, train_step hands the encoder's (detached) codes to both adversarial losses as z.

check: step_is_well_behaved
mistake: z-not-standard-normal
"""
import torch
from torch import nn

bce, mse = nn.BCELoss(), nn.MSELoss()

def configure_optimizers(model, lr):
    return {k: torch.optim.Adam(getattr(model, k).parameters(), lr=lr) for k in ("encoder", "generator", "discriminator")}

def discriminator_loss(model, x_real, z):
    p, q = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(p, torch.ones_like(p)) + bce(q, torch.zeros_like(q))

def generator_loss(model, z):
    q = model.discriminator(model.generator(z))
    return bce(q, torch.ones_like(q))

def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    # latent vectors of the batch
    z = model.encoder(x_real).detach()
    model.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["discriminator"].step()
    model.zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["generator"].step()
    optimizers["encoder"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
