"""Wrong: which, not how many.

check: covered_modes_are_counted
mistake: wrong-type
"""

import torch
from torch import nn


def generator_loss(model, z):
    bce = nn.BCELoss()
    d_fake = model.discriminator(model.generator(z))
    return bce(d_fake, torch.ones(d_fake.size(0), 1))  # G wants D to say "real"


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
    close = torch.cdist(points, centers) <= 3 * sigma
    return close.float().mean(0) >= 0.01


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return x + torch.normal(0.0, self.std, x.shape)
