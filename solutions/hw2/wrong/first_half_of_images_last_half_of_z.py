"""Wrong: discriminator_loss uses only the first half of the real images and the second half of the latent vectors.

check: discriminator_loss_is_right
mistake: real-images-missing
"""

import torch
import torch.nn.functional as F


def configure_optimizers(model, lr):
    return {
        "dis": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "gen": torch.optim.Adam(model.generator.parameters(), lr=lr),
        "rec": torch.optim.Adam(list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr),
    }


def real_loss(p):
    return F.binary_cross_entropy(p, torch.ones_like(p))


def fake_loss(p):
    return F.binary_cross_entropy(p, torch.zeros_like(p))


def discriminator_loss(model, x_real, z):
    # a batch of n images for D: one half real, one half fake
    half = x_real.shape[0] // 2
    p_real = model.discriminator(x_real[:half])
    p_fake = model.discriminator(model.generator(z[half:]).detach())
    return real_loss(p_real) + fake_loss(p_fake)


def generator_loss(model, z):
    return real_loss(model.discriminator(model.generator(z)))


def autoencoder_loss(model, x_real):
    return (model.generator(model.encoder(x_real)) - x_real).pow(2).mean()


def train_step(model, x_real, optimizers):
    z = torch.randn(x_real.shape[0], model.latent_size, device=x_real.device)

    optimizers["dis"].zero_grad()
    d = real_loss(model.discriminator(x_real)) + fake_loss(model.discriminator(model.generator(z).detach()))
    d.backward()
    optimizers["dis"].step()

    optimizers["gen"].zero_grad()
    g = generator_loss(model, z)
    g.backward()
    optimizers["gen"].step()

    optimizers["rec"].zero_grad()
    r = autoencoder_loss(model, x_real)
    r.backward()
    optimizers["rec"].step()

    return dict(discriminator=d.detach(), generator=g.detach(), autoencoder=r.detach())
