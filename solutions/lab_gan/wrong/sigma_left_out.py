"""Wrong: forgets sigma, so everything is close.

check: covered_modes_are_counted
mistake: far-points-counted
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    fake = model.generator(z)
    p = model.discriminator(fake).squeeze(1)
    return F.binary_cross_entropy(p, p.new_ones(p.shape))


def discriminator_step(model, x_real, z, optimizer):
    bce = nn.BCELoss()
    n = x_real.shape[0]
    optimizer.zero_grad()
    errD_real = bce(model.discriminator(x_real), torch.ones(n, 1))
    errD_real.backward()
    fake = model.generator(z)
    errD_fake = bce(model.discriminator(fake.detach()), torch.zeros(n, 1))
    errD_fake.backward()  # adds up with the one above
    optimizer.step()
    return errD_real + errD_fake


def count_covered_modes(points, centers, sigma):
    close = torch.cdist(points, centers) <= 3
    share = close.sum(0) / len(points)
    return (share >= 0.01).sum().item()


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        q = torch.distributions.Normal(0.0, self.std)
        return x + q.sample(x.shape)
