"""Right: the way of the DCGAN tutorial, one half of D's batch after the other."""

import torch
from torch import nn


def generator_loss(model, z):
    bce = nn.BCELoss()
    d_fake = model.discriminator(model.generator(z))
    return bce(d_fake, torch.ones(d_fake.size(0), 1))  # G wants D to say "real"


def discriminator_step(model, x_real, z, optimizer):
    bce = nn.BCELoss()
    n = x_real.shape[0]
    optimizer.zero_grad()
    errD_real = bce(model.discriminator(x_real), torch.ones(n, 1))
    errD_real.backward()
    fake = model.generator(z)
    errD_fake = bce(model.discriminator(fake.detach()), torch.zeros(n, 1))
    errD_fake.backward()  # adds up with the one above
    optimizer.step()
    return errD_real + errD_fake


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
        noise = torch.randn(x.size(), device=x.device) * self.std
        return x + noise
