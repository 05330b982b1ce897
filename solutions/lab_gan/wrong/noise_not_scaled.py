"""Wrong: std is not used.

check: noise_is_normal
mistake: noise-not-scaled
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    fake = model.generator(z)
    p = model.discriminator(fake).squeeze(1)
    return F.binary_cross_entropy(p, p.new_ones(p.shape))


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
    need = len(points) / 100
    count = 0
    for cx, cy in centers.tolist():
        inside = 0
        for px, py in points.tolist():
            if math.hypot(px - cx, py - cy) <= 3 * sigma:
                inside += 1
        count += inside >= need
    return count


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return x + torch.randn_like(x)
