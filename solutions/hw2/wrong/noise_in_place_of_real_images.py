"""Wrong: the training step shows D images of random pixels in place of the real ones.

check: discriminator_learns_only_from_its_loss
mistake: real-images-missing
"""
import itertools

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    e_and_g = itertools.chain(model.encoder.parameters(), model.generator.parameters())
    return {
        "D": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "G": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "AE": torch.optim.Adam(e_and_g, lr=lr),
    }


def discriminator_loss(model, x_real, z):
    p_real = model.discriminator(x_real)
    p_fake = model.discriminator(model.generator(z).detach())
    return F.binary_cross_entropy(p_real, torch.ones_like(p_real)) + F.binary_cross_entropy(
        p_fake, torch.zeros_like(p_fake)
    )


def generator_loss(model, z):
    p_fake = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(p_fake, torch.ones_like(p_fake))


def autoencoder_loss(model, x_real):
    return F.mse_loss(model.generator(model.encoder(x_real)), x_real)


def train_step(model, x_real, optimizers):
    z = torch.randn(len(x_real), model.latent_size, device=x_real.device)
    d = discriminator_loss(model, torch.rand_like(x_real), z)
    optimizers["D"].zero_grad()
    d.backward()
    optimizers["D"].step()

    g = generator_loss(model, z)
    optimizers["G"].zero_grad()
    g.backward()
    optimizers["G"].step()

    a = autoencoder_loss(model, x_real)
    optimizers["AE"].zero_grad()
    a.backward()
    optimizers["AE"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
