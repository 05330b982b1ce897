"""Wrong: BCEWithLogitsLoss is used on D's output, which already went through a sigmoid.

check: discriminator_loss_is_right
mistake: sigmoid-applied-twice
"""
import torch
from torch import nn

criterion = nn.BCEWithLogitsLoss()   # numerically more stable than BCELoss


def configure_optimizers(model, lr):
    return {
        "dis": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "gen": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "enc": torch.optim.Adam(model.encoder.parameters(), lr=lr, betas=(0.5, 0.999)),
    }


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return criterion(real, torch.ones_like(real)) + criterion(fake, torch.zeros_like(fake))


def generator_loss(model, z):
    fake = model.discriminator(model.generator(z))
    return criterion(fake, torch.ones_like(fake))


def autoencoder_loss(model, x_real):
    return nn.functional.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.size(0), model.latent_size, device=x_real.device)
    optimizers["dis"].zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["dis"].step()
    optimizers["gen"].zero_grad()
    optimizers["enc"].zero_grad()
    g = generator_loss(model, z)
    a = autoencoder_loss(model, x_real)
    (g + a).backward()
    optimizers["gen"].step()
    optimizers["enc"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
