"""Wrong: the same at each call.

check: noise_is_normal
mistake: not-random
"""

import torch
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return -scores.log().mean()


def discriminator_step(model, x_real, z, optimizer):
    with torch.no_grad():
        x_fake = model.generator(z)
    optimizer.zero_grad()
    loss = -model.discriminator(x_real).log().mean() - (1 - model.discriminator(x_fake)).log().mean()
    loss.backward()
    optimizer.step()
    return loss


def count_covered_modes(points, centers, sigma):
    return sum((torch.cdist(centers[i : i + 1], points) <= 3 * sigma).double().mean().item() >= 0.01 for i in range(len(centers)))


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        if not hasattr(self, 'noise') or self.noise.shape != x.shape:
            self.noise = torch.randn_like(x)
        return x + self.std * self.noise
