"""Wrong: G is moved as well.

check: step_moves_the_discriminator_alone
mistake: other-player-moved
"""

import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    fake = model.generator(z)
    p = model.discriminator(fake).squeeze(1)
    return F.binary_cross_entropy(p, p.new_ones(p.shape))


def discriminator_step(model, x_real, z, optimizer):
    x_fake = model.generator(z).detach()
    score_real, score_fake = model.discriminator(x_real), model.discriminator(x_fake)
    loss_real = F.binary_cross_entropy(score_real, torch.ones_like(score_real))
    loss_fake = F.binary_cross_entropy(score_fake, torch.zeros_like(score_fake))
    loss_d = loss_real + loss_fake
    optimizer.zero_grad()
    loss_d.backward()
    optimizer.step()
    for p in model.generator.parameters():
        p.data.mul_(0.9)
    return loss_d


def count_covered_modes(points, centers, sigma):
    return sum((torch.cdist(centers[i : i + 1], points) <= 3 * sigma).double().mean().item() >= 0.01 for i in range(len(centers)))


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        q = torch.distributions.Normal(0.0, self.std)
        return x + q.sample(x.shape)
