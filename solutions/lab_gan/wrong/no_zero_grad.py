"""Wrong: zero_grad is missing.

check: step_moves_the_discriminator_alone
mistake: stale-gradient
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    eps = 1e-12
    return torch.mean(-torch.log(model.discriminator(model.generator(z)) + eps))


def discriminator_step(model, x_real, z, optimizer):
    x_fake = model.generator(z).detach()
    score_real, score_fake = model.discriminator(x_real), model.discriminator(x_fake)
    loss_real = F.binary_cross_entropy(score_real, torch.ones_like(score_real))
    loss_fake = F.binary_cross_entropy(score_fake, torch.zeros_like(score_fake))
    loss_d = loss_real + loss_fake
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
        return x + torch.normal(0.0, self.std, x.shape)
