"""Wrong: never calls backward.

check: step_moves_the_discriminator_alone
mistake: stale-gradient-only
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.ones_like(scores))


def discriminator_step(model, x_real, z, optimizer):
    fake = model.generator(z).detach()
    loss = -torch.log(model.discriminator(x_real)).mean() - torch.log(1 - model.discriminator(fake)).mean()
    optimizer.step()
    return loss


def count_covered_modes(points, centers, sigma):
    return sum((torch.cdist(centers[i : i + 1], points) <= 3 * sigma).double().mean().item() >= 0.01 for i in range(len(centers)))


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        noise = torch.randn(x.size(), device=x.device) * self.std
        return x + noise
