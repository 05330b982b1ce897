"""Right: with logits and loops."""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.softplus(-torch.logit(scores)).mean()


def discriminator_step(model, x_real, z, optimizer):
    optimizer.zero_grad()
    total = 0
    for images, label in ((x_real, 1.0), (model.generator(z).detach(), 0.0)):
        scores = model.discriminator(images)
        loss = F.binary_cross_entropy(scores, torch.full_like(scores, label))
        loss.backward()
        total = total + loss
    optimizer.step()
    return total


def count_covered_modes(points, centers, sigma):
    covered = 0
    for center in centers:
        near = (points - center).norm(dim=1) <= 3 * sigma
        covered += bool(near.float().mean() >= 0.01)
    return covered


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        noise = torch.empty_like(x).normal_(0, self.std)
        return noise + x
