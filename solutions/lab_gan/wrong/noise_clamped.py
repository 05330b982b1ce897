"""Wrong: cut off.

check: noise_is_normal
mistake: wrong-distribution
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    bce = nn.BCELoss()
    d_fake = model.discriminator(model.generator(z))
    return bce(d_fake, torch.ones(d_fake.size(0), 1))  # G wants D to say "real"


def discriminator_step(model, x_real, z, optimizer):
    params = list(model.discriminator.parameters())
    s_real = model.discriminator(x_real)
    s_fake = model.discriminator(model.generator(z).detach())
    loss = F.binary_cross_entropy(s_real, torch.ones_like(s_real)) + F.binary_cross_entropy(s_fake, torch.zeros_like(s_fake))
    for p, g in zip(params, torch.autograd.grad(loss, params)):
        p.grad = g
    optimizer.step()
    return loss


def count_covered_modes(points, centers, sigma):
    squares = (points[:, None] - centers).square().sum(2)  # (n, modes)
    return ((squares <= 9 * sigma**2).sum(0) >= 0.01 * len(points)).sum()


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return (x + self.std * torch.randn_like(x)).clamp(0, 1)
