"""Right: with logarithms."""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return -scores.log().mean()


def discriminator_step(model, x_real, z, optimizer):
    optimizer.zero_grad(set_to_none=False)
    with torch.no_grad():
        x_fake = model.generator(z)
    loss = -model.discriminator(x_real).log().mean() - (1 - model.discriminator(x_fake)).log().mean()
    loss.backward()
    optimizer.step()
    return loss.detach()


def count_covered_modes(points, centers, sigma):
    squares = (points[:, None] - centers).square().sum(2)
    return ((squares <= 9 * sigma**2).sum(0) >= 0.01 * len(points)).sum()


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return x + torch.normal(0.0, self.std, x.shape)
