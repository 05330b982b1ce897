"""Wrong: x_real is changed in place.

check: step_moves_the_discriminator_alone
mistake: argument-changed
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.ones_like(scores))


def discriminator_step(model, x_real, z, optimizer):
    x_fake = model.generator(z).detach()
    score_real, score_fake = model.discriminator(x_real), model.discriminator(x_fake)
    loss_real = F.binary_cross_entropy(score_real, torch.ones_like(score_real))
    loss_fake = F.binary_cross_entropy(score_fake, torch.zeros_like(score_fake))
    loss_d = loss_real + loss_fake
    optimizer.zero_grad()
    loss_d.backward()
    optimizer.step()
    x_real.mul_(2)
    return loss_d


def count_covered_modes(points, centers, sigma):
    squares = (points[:, None] - centers).square().sum(2)  # (n, modes)
    return ((squares <= 9 * sigma**2).sum(0) >= 0.01 * len(points)).sum()


class InstanceNoise(nn.Module):
    """x + s * eps"""

    def __init__(self, std):
        super(InstanceNoise, self).__init__()
        self.std = std

    def forward(self, x):
        out = x.clone()
        out += torch.randn_like(x).mul(self.std)
        return out
