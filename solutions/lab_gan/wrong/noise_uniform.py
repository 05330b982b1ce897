"""Wrong: uniform noise of the right deviation.

check: noise_is_normal
mistake: wrong-distribution
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    bce = nn.BCELoss()
    d_fake = model.discriminator(model.generator(z))
    return bce(d_fake, torch.ones(d_fake.size(0), 1))  # G wants D to say "real"


def discriminator_step(model, x_real, z, optimizer):
    x_fake = model.generator(z).detach()
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
        return x + self.std * 12**0.5 * (torch.rand_like(x) - 0.5)
