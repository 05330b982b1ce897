"""Wrong: the sum.

check: generator_loss_is_non_saturating
mistake: sum-instead-of-mean
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return -scores.log().sum()


def discriminator_step(model, x_real, z, optimizer):
    params = list(model.discriminator.parameters())
    s_real = model.discriminator(x_real)
    s_fake = model.discriminator(model.generator(z).detach())
    loss = F.binary_cross_entropy(s_real, torch.ones_like(s_real)) + F.binary_cross_entropy(s_fake, torch.zeros_like(s_fake))
    for p, g in zip(params, torch.autograd.grad(loss, params)):
        p.grad = g
    optimizer.step()
    return loss


def count_covered_modes(points, centers, sigma):
    return sum((torch.cdist(centers[i : i + 1], points) <= 3 * sigma).double().mean().item() >= 0.01 for i in range(len(centers)))


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        eps = torch.empty_like(x).normal_(mean=0, std=self.std)
        return eps + x
