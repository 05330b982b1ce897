"""Wrong: demands 10 % of the points.

check: covered_modes_are_counted
mistake: share-too-high
"""

import torch
from torch import nn


def generator_loss(model, z):
    eps = 1e-12
    return torch.mean(-torch.log(model.discriminator(model.generator(z)) + eps))


def discriminator_step(model, x_real, z, optimizer):
    with torch.no_grad():
        x_fake = model.generator(z)
    optimizer.zero_grad()
    loss = -model.discriminator(x_real).log().mean() - (1 - model.discriminator(x_fake)).log().mean()
    loss.backward()
    optimizer.step()
    return loss


def count_covered_modes(points, centers, sigma):
    n_close = (torch.cdist(points, centers) <= 3 * sigma).sum(dim=0)
    return int((n_close >= 0.1 * points.shape[0]).sum())


class InstanceNoise(nn.Module):
    """x + s * eps"""

    def __init__(self, std):
        super(InstanceNoise, self).__init__()
        self.std = std

    def forward(self, x):
        out = x.clone()
        out += torch.randn_like(x).mul(self.std)
        return out
