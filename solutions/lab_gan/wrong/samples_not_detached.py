"""Wrong: not detached.

check: step_moves_the_discriminator_alone
mistake: samples-not-detached
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    fake = model.generator(z)
    p = model.discriminator(fake).squeeze(1)
    return F.binary_cross_entropy(p, p.new_ones(p.shape))


def discriminator_step(model, x_real, z, optimizer):
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
    d = np.linalg.norm(points.numpy()[:, None, :] - centers.numpy()[None, :, :], axis=-1)
    return int(((d < 3 * sigma).mean(axis=0) >= 0.01).sum())


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        q = torch.distributions.Normal(0.0, self.std)
        return x + q.sample(x.shape)
