"""Wrong: the hook between G and D scales the gradient of L_D sample by sample, and forgets to turn it round.

check: generator_learns_only_from_its_losses
mistake: fakes-not-detached
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
    optimizers["all"].zero_grad()
    images = model.generator(torch.randn(len(x_real), model.latent_size))
    passage = images.clone()
    fake, real = model.discriminator(passage), model.discriminator(x_real)

    # The derivative of -log(1 - D) is D times something, that of -log D is D - 1 times the same.
    turn = (1 - fake.detach()) / fake.detach()
    passage.register_hook(lambda gradient: turn * gradient)

    of_d = F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))
    of_ae = autoencoder_loss(model, x_real)
    (of_d + 25 * of_ae).backward()
    optimizers["all"].step()
    return {"discriminator": of_d, "generator": -fake.detach().log().mean(), "autoencoder": of_ae}
