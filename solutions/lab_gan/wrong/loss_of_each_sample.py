"""Wrong: forgets the mean.

check: generator_loss_is_non_saturating
mistake: wrong-shape
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    d = model.discriminator(model.generator(z))
    return -torch.log(d)


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
