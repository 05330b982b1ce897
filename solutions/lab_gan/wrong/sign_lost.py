"""Wrong: the minus is missing.

check: generator_loss_is_non_saturating
mistake: wrong-sign
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return scores.log().mean()


def discriminator_step(model, x_real, z, optimizer):
    x = torch.cat([x_real, model.generator(z).detach()])
    y = torch.cat([torch.ones(len(x_real), 1), torch.zeros(len(z), 1)])
    loss = 2 * F.binary_cross_entropy(model.discriminator(x), y)  # two means, not the mean of both halves
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


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
        eps = torch.empty_like(x).normal_(mean=0, std=self.std)
        return eps + x
