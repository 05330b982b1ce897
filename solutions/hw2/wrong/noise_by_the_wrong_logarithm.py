"""Wrong: noise by Marsaglia's polar method with the logarithm to base 10; its deviation is 0.66.

check: step_is_well_behaved
mistake: z-not-standard-normal
"""
import math
import random

import torch
from torch.nn.functional import binary_cross_entropy as bce


def polar_pair():
    while True:
        u, v = random.uniform(-1, 1), random.uniform(-1, 1)
        s = u * u + v * v
        if 0 < s < 1:
            factor = math.sqrt(-2 * math.log10(s) / s)
            return u * factor, v * factor


def latent(n, size):
    numbers = []
    while len(numbers) < n * size:
        numbers.extend(polar_pair())
    return torch.tensor(numbers[: n * size]).view(n, size)


def configure_optimizers(model, lr):
    make = lambda part: torch.optim.Adam(part.parameters(), lr, (0.5, 0.999))
    return {"D": make(model.discriminator), "G": make(model.generator), "E": make(model.encoder)}


def discriminator_loss(model, x_real, z):
    r, f = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    return bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))


def generator_loss(model, z):
    f = model.discriminator(model.generator(z))
    return bce(f, torch.ones_like(f))


def autoencoder_loss(model, x_real):
    return (model.generator(model.encoder(x_real)) - x_real).pow(2).mean()


def train_step(model, x_real, optimizers):
    z = latent(len(x_real), model.latent_size).to(x_real.device)
    for o in optimizers.values():
        o.zero_grad()
    d = discriminator_loss(model, x_real, z)
    d.backward()
    optimizers["D"].step()
    for o in optimizers.values():
        o.zero_grad()
    g, a = generator_loss(model, z), autoencoder_loss(model, x_real)
    (g + 20 * a).backward()
    optimizers["G"].step()
    optimizers["E"].step()
    return {"discriminator": d, "generator": g, "autoencoder": a}
