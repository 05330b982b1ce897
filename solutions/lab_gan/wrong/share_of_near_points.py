"""Wrong: 1 % of the points that are near some mode.

check: covered_modes_are_counted
mistake: share-of-near-points
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.ones_like(scores))


def discriminator_step(model, x_real, z, optimizer):
    with torch.no_grad():
        x_fake = model.generator(z)
    optimizer.zero_grad()
    loss = -model.discriminator(x_real).log().mean() - (1 - model.discriminator(x_fake)).log().mean()
    loss.backward()
    optimizer.step()
    return loss


def count_covered_modes(points, centers, sigma):
    close = torch.cdist(points, centers) <= 3 * sigma
    near = close.any(1).sum()
    return int((close.sum(0) >= 0.01 * near.clamp(min=1)).sum())


class InstanceNoise(nn.Module):
    """x + s * eps"""

    def __init__(self, std):
        super(InstanceNoise, self).__init__()
        self.std = std

    def forward(self, x):
        out = x.clone()
        out += torch.randn_like(x).mul(self.std)
        return out
