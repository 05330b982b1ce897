"""Wrong: no logarithm.

check: generator_loss_is_non_saturating
mistake: no-logarithm
"""

import math

import torch
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return -scores.mean()


def discriminator_step(model, x_real, z, optimizer):
    D, G = model.discriminator, model.generator
    real, fake = D(x_real), D(G(z).detach())
    L_D = -(torch.log(real) + torch.log(1 - fake)).mean()
    for p in D.parameters():
        p.grad = None
    L_D.backward()
    optimizer.step()
    return L_D


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
        noise = torch.randn(x.size(), device=x.device) * self.std
        return x + noise
