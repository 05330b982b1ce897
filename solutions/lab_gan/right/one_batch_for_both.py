"""Right: one batch of real images and samples, and squared distances."""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    fake = model.generator(z)
    p = model.discriminator(fake).squeeze(1)
    return F.binary_cross_entropy(p, p.new_ones(p.shape))


def discriminator_step(model, x_real, z, optimizer):
    x = torch.cat([x_real, model.generator(z).detach()])
    y = torch.cat([torch.ones(len(x_real), 1), torch.zeros(len(z), 1)])
    loss = 2 * F.binary_cross_entropy(model.discriminator(x), y)  # two means, not the mean of both halves
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def count_covered_modes(points, centers, sigma):
    squares = (points[:, None] - centers).square().sum(2)  # (n, modes)
    return ((squares <= 9 * sigma**2).sum(0) >= 0.01 * len(points)).sum()


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        eps = torch.empty_like(x).normal_(mean=0, std=self.std)
        return eps + x
