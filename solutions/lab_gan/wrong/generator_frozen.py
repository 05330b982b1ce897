"""Wrong: the weights of G are frozen for the step of D, and stay so.

check: step_moves_the_discriminator_alone
mistake: gradient-cut
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.ones_like(scores))


def discriminator_step(model, x_real, z, optimizer):
    for p in model.generator.parameters():
        p.requires_grad = False
    x_fake = model.generator(z)
    score_real, score_fake = model.discriminator(x_real), model.discriminator(x_fake)
    loss_real = F.binary_cross_entropy(score_real, torch.ones_like(score_real))
    loss_fake = F.binary_cross_entropy(score_fake, torch.zeros_like(score_fake))
    loss_d = loss_real + loss_fake
    optimizer.zero_grad()
    loss_d.backward()
    optimizer.step()
    return loss_d


def count_covered_modes(points, centers, sigma):
    return sum((torch.cdist(centers[i : i + 1], points) <= 3 * sigma).double().mean().item() >= 0.01 for i in range(len(centers)))


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        eps = torch.empty_like(x).normal_(mean=0, std=self.std)
        return eps + x
