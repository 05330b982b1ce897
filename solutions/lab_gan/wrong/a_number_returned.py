"""Wrong: returns a number, for printing.

check: step_moves_the_discriminator_alone
mistake: wrong-type
"""

import math

import torch
from torch import nn


def generator_loss(model, z):
    eps = 1e-12
    return torch.mean(-torch.log(model.discriminator(model.generator(z)) + eps))


def discriminator_step(model, x_real, z, optimizer):
    x_fake = model.generator(z).detach()
    optimizer.zero_grad()
    loss = -model.discriminator(x_real).log().mean() - (1 - model.discriminator(x_fake)).log().mean()
    loss.backward()
    optimizer.step()
    return loss.item()


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
        return x + self.std * torch.randn_like(x)
