"""Wrong: x is lost.

check: noise_is_normal
mistake: noise-alone
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.ones_like(scores))


def discriminator_step(model, x_real, z, optimizer):
    bce = nn.BCELoss()
    n = x_real.shape[0]
    optimizer.zero_grad()
    errD_real = bce(model.discriminator(x_real), torch.ones(n, 1))
    errD_real.backward()
    fake = model.generator(z)
    errD_fake = bce(model.discriminator(fake.detach()), torch.zeros(n, 1))
    errD_fake.backward()  # adds up with the one above
    optimizer.step()
    return errD_real + errD_fake


def count_covered_modes(points, centers, sigma):
    squares = (points[:, None] - centers).square().sum(2)  # (n, modes)
    return ((squares <= 9 * sigma**2).sum(0) >= 0.01 * len(points)).sum()


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return 0 * x + self.std * torch.randn_like(x)
