"""Wrong: uses the numbers of the notebook in place of the arguments.

check: covered_modes_are_counted
mistake: fixed-numbers
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    eps = 1e-12
    return torch.mean(-torch.log(model.discriminator(model.generator(z)) + eps))


def discriminator_step(model, x_real, z, optimizer):
    x = torch.cat([x_real, model.generator(z).detach()])
    y = torch.cat([torch.ones(len(x_real), 1), torch.zeros(len(z), 1)])
    loss = 2 * F.binary_cross_entropy(model.discriminator(x), y)  # two means, not the mean of both halves
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def count_covered_modes(points, centers, sigma):
    angles = torch.arange(8) * 2 * math.pi / 8
    modes = 0.5 + 0.4 * torch.stack([angles.cos(), angles.sin()], 1)
    near = torch.cdist(points, modes) <= 3 * 0.02
    return int((near.float().mean(0) >= 0.01).sum())


class InstanceNoise(nn.Module):
    """x + s * eps"""

    def __init__(self, std):
        super(InstanceNoise, self).__init__()
        self.std = std

    def forward(self, x):
        out = x.clone()
        out += torch.randn_like(x).mul(self.std)
        return out
