"""Wrong: the sample is detached.

check: generator_loss_is_non_saturating
mistake: gradient-missing
"""

import math

import torch
from torch import nn


def generator_loss(model, z):
    return -model.discriminator(model.generator(z).detach()).log().mean()


def discriminator_step(model, x_real, z, optimizer):
    with torch.no_grad():
        x_fake = model.generator(z)
    optimizer.zero_grad()
    loss = -model.discriminator(x_real).log().mean() - (1 - model.discriminator(x_fake)).log().mean()
    loss.backward()
    optimizer.step()
    return loss


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
    """x + s * eps"""

    def __init__(self, std):
        super(InstanceNoise, self).__init__()
        self.std = std

    def forward(self, x):
        out = x.clone()
        out += torch.randn_like(x).mul(self.std)
        return out
