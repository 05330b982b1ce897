"""Wrong: counts each center that is nearest to some point.

check: covered_modes_are_counted
mistake: far-points-counted
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    # -log D(G(z)), averaged over the batch
    total = 0.0
    scores = model.discriminator(model.generator(z))
    for s in scores:
        total = total - torch.log(s)
    return (total / len(scores)).squeeze()


def discriminator_step(model, x_real, z, optimizer):
    x = torch.cat([x_real, model.generator(z).detach()])
    y = torch.cat([torch.ones(len(x_real), 1), torch.zeros(len(z), 1)])
    loss = 2 * F.binary_cross_entropy(model.discriminator(x), y)  # two means, not the mean of both halves
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def count_covered_modes(points, centers, sigma):
    nearest = torch.cdist(points, centers).argmin(dim=1)
    return len(torch.unique(nearest))


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return x + torch.normal(0.0, self.std, x.shape)
