"""Blind spot: wrong, since a hook between D and G scales the gradient image by image, so that G follows least squares.

expect: cannot_judge
check: generator_learns_only_from_its_losses
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {"all": torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.99))}


def discriminator_loss(model, x_real, z):
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    return -(real.log().mean() + (1 - fake).log().mean())


def generator_loss(model, z):
    return -model.discriminator(model.generator(z)).log().mean()


def autoencoder_loss(model, x_real):
    return (model.generator(model.encoder(x_real)) - x_real).pow(2).mean()


def train_step(model, x_real, optimizers):
    o = optimizers["all"]
    z = torch.randn(len(x_real), model.latent_size)
    o.zero_grad()
    of_d = discriminator_loss(model, x_real, z)
    of_d.backward()
    images = model.generator(torch.randn(len(x_real), model.latent_size))
    passage = images.clone()
    model.discriminator.requires_grad_(False)
    fake = model.discriminator(passage)
    model.discriminator.requires_grad_(True)
    d = fake.detach()
    n = len(x_real)
    passage.register_hook(lambda g: 2 * d * (1 - d) * g)
    of_g = -fake.log().mean()
    of_ae = autoencoder_loss(model, x_real)
    (of_g + 25 * of_ae).backward()
    o.step()
    return {"discriminator": of_d, "generator": of_g, "autoencoder": of_ae}
