"""Wrong: the gradient is cut.

check: noise_is_normal
mistake: gradient-cut
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
    return int((close.float().mean(0) >= 0.01).sum())


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return (x + self.std * torch.randn_like(x)).detach()
