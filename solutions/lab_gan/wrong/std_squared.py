"""Wrong: multiplies with the variance.

check: noise_is_normal
mistake: std-squared
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
        noise = torch.randn_like(x)
        return x + self.std**2 * noise
