"""Wrong: the optimizer used for the generator's step holds the parameters of the whole model, D included.

check: discriminator_learns_only_from_its_loss
mistake: discriminator-moved-by-generator-loss
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

def configure_optimizers(model, lr):
    opt_D = torch.optim.Adam(model.discriminator.parameters(), lr=lr)
    opt_rest = torch.optim.Adam(model.parameters(), lr=lr)   # E and G
    return {"D": opt_D, "EG": opt_rest}

def discriminator_loss(model, x_real, z):
    fake = model.generator(z)
    d_r, d_f = model.discriminator(x_real), model.discriminator(fake.detach())
    return F.binary_cross_entropy(d_r, torch.ones_like(d_r)) + F.binary_cross_entropy(d_f, torch.zeros_like(d_f))

def generator_loss(model, z):
    d_f = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(d_f, torch.ones_like(d_f))

def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)

def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["D"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    optimizers["EG"].zero_grad()
    g = generator_loss(model, z)
    ae = autoencoder_loss(model, x_real)
    (g + ae).backward()
    optimizers["EG"].step()
    return {"discriminator": d, "generator": g, "autoencoder": ae}
