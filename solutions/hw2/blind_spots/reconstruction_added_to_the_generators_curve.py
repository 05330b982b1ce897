"""Blind spot: the curve of the generator shows all that it minimizes, its reconstruction error as well.

Whoever steps on both together would call this the generator's loss; a person may see it otherwise.

expect: passed
"""

import torch
import torch.nn as nn

bce = nn.BCELoss()
mse = nn.MSELoss()


def configure_optimizers(model, lr):
    return {
        "dis": torch.optim.Adam(model.discriminator.parameters(), lr),
        "gen": torch.optim.Adam([*model.generator.parameters(), *model.encoder.parameters()], lr),
    }


def discriminator_loss(model, x_real, z):
    d_real = model.discriminator(x_real)
    d_fake = model.discriminator(model.generator(z).detach())
    return bce(d_real, torch.ones_like(d_real)) + bce(d_fake, torch.zeros_like(d_fake))


def generator_loss(model, z):
    d_fake = model.discriminator(model.generator(z))
    return bce(d_fake, torch.ones_like(d_fake))


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)
    dis = discriminator_loss(model, x_real, z)
    optimizers["dis"].zero_grad()
    dis.backward()
    optimizers["dis"].step()

    rec = autoencoder_loss(model, x_real)
    gen = generator_loss(model, z) + 20 * rec
    optimizers["gen"].zero_grad()
    gen.backward()
    optimizers["gen"].step()
    return {"discriminator": dis.detach(), "generator": gen.detach(), "autoencoder": rec.detach()}
