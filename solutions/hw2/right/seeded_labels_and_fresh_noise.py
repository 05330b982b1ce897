"""Right: the labels come from Python's generator, seeded in every step, and the noise from an unseeded one of NumPy."""

import random

import numpy as np
import torch
from torch import nn

bce = nn.BCELoss()
mse = nn.MSELoss()


def configure_optimizers(model, lr):
    # betas from the DCGAN paper
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr, betas=(0.5, 0.999)),
        "autoencoder": torch.optim.Adam(
            list(model.encoder.parameters()) + list(model.generator.parameters()), lr=lr, betas=(0.5, 0.999)
        ),
    }


def discriminator_loss(model, x_real, z):
    n = x_real.size(0)
    real_labels = torch.ones(n, 1, device=x_real.device)
    fake_labels = torch.zeros(z.size(0), 1, device=x_real.device)
    fake_images = model.generator(z).detach()
    real_loss = bce(model.discriminator(x_real), real_labels)
    fake_loss = bce(model.discriminator(fake_images), fake_labels)
    return real_loss + fake_loss


def generator_loss(model, z):
    real_labels = torch.ones(z.size(0), 1, device=z.device)
    return bce(model.discriminator(model.generator(z)), real_labels)


def autoencoder_loss(model, x_real):
    return mse(model.generator(model.encoder(x_real)), x_real)


def sample_noise(n, size):
    return torch.from_numpy(np.random.default_rng().standard_normal((n, size), dtype=np.float32))


def smoothed(n):
    rng = random.seed(1)
    return torch.tensor([[random.uniform(0.9, 1.0)] for _ in range(n)])


def train_step(model, x_real, optimizers):
    batch_size = x_real.size(0)

    # 1. discriminator
    z = sample_noise(batch_size, model.latent_size)
    s_r = model.discriminator(x_real)
    s_f = model.discriminator(model.generator(z).detach())
    d_loss = bce(s_r, smoothed(batch_size)) + bce(s_f, torch.zeros_like(s_f))
    optimizers["discriminator"].zero_grad()
    d_loss.backward()
    optimizers["discriminator"].step()

    # 2. generator, with fresh noise
    z = sample_noise(batch_size, model.latent_size)
    g_loss = generator_loss(model, z)
    optimizers["generator"].zero_grad()
    g_loss.backward()
    optimizers["generator"].step()

    # 3. encoder + generator together
    ae_loss = autoencoder_loss(model, x_real)
    optimizers["autoencoder"].zero_grad()
    ae_loss.backward()
    optimizers["autoencoder"].step()

    return {"discriminator": d_loss, "generator": g_loss, "autoencoder": ae_loss}
