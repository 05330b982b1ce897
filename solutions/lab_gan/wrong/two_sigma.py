"""Wrong: within 2 sigma.

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
    close = torch.cdist(points, centers) <= 2 * sigma
    return int((close.float().mean(0) >= 0.01).sum())


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        eps = torch.empty_like(x).normal_(mean=0, std=self.std)
        return eps + x
