"""Wrong: towards 0.

check: generator_loss_is_non_saturating
mistake: labels-swapped
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.zeros_like(scores))


def discriminator_step(model, x_real, z, optimizer):
    x = torch.cat([x_real, model.generator(z).detach()])
    y = torch.cat([torch.ones(len(x_real), 1), torch.zeros(len(z), 1)])
    loss = 2 * F.binary_cross_entropy(model.discriminator(x), y)  # two means, not the mean of both halves
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def count_covered_modes(points, centers, sigma):
    covered = 0
    for center in centers:
        near = (points - center).norm(dim=1) <= 3 * sigma
        if near.float().mean() >= 0.01:
            covered += 1
    return covered


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        q = torch.distributions.Normal(0.0, self.std)
        return x + q.sample(x.shape)
