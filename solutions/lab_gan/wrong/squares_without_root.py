"""Wrong: compares the squared distance with 3 sigma squared, not (3 sigma) squared.

check: covered_modes_are_counted
mistake: radius-too-small
"""

import torch
from torch import nn


def generator_loss(model, z):
    # -log D(G(z)), averaged over the batch
    total = 0.0
    scores = model.discriminator(model.generator(z))
    for s in scores:
        total = total - torch.log(s)
    return (total / len(scores)).squeeze()


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
    dx = points[:, 0:1] - centers[:, 0]
    dy = points[:, 1:2] - centers[:, 1]
    close = dx**2 + dy**2 <= 3 * sigma**2
    return int((close.float().mean(0) >= 0.01).sum())


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return x + torch.normal(0.0, self.std, x.shape)
