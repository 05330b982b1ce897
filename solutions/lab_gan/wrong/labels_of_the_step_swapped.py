"""Wrong: calls real images 0 and samples 1.

check: step_moves_the_discriminator_alone
mistake: labels-swapped
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return -scores.log().mean()


def discriminator_step(model, x_real, z, optimizer):
    fake = model.generator(z).detach()
    d_real, d_fake = model.discriminator(x_real), model.discriminator(fake)
    loss = F.binary_cross_entropy(d_real, torch.zeros_like(d_real)) + F.binary_cross_entropy(d_fake, torch.ones_like(d_fake))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def count_covered_modes(points, centers, sigma):
    squares = (points[:, None] - centers).square().sum(2)  # (n, modes)
    return ((squares <= 9 * sigma**2).sum(0) >= 0.01 * len(points)).sum()


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        q = torch.distributions.Normal(0.0, self.std)
        return x + q.sample(x.shape)
