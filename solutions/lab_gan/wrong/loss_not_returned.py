"""Wrong: does everything, and returns nothing.

check: step_moves_the_discriminator_alone
mistake: wrong-type
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return -scores.log().mean()


def discriminator_step(model, x_real, z, optimizer):
    optimizer.zero_grad()
    real = model.discriminator(x_real)
    fake = model.discriminator(model.generator(z).detach())
    lossD = F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))
    lossD.backward()
    optimizer.step()


def count_covered_modes(points, centers, sigma):
    squares = (points[:, None] - centers).square().sum(2)  # (n, modes)
    return ((squares <= 9 * sigma**2).sum(0) >= 0.01 * len(points)).sum()


class InstanceNoise(nn.Module):
    """x + s * eps"""

    def __init__(self, std):
        super(InstanceNoise, self).__init__()
        self.std = std

    def forward(self, x):
        out = x.clone()
        out += torch.randn_like(x).mul(self.std)
        return out
