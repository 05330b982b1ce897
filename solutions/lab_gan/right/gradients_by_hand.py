"""Right: gradients put into D by hand, and NumPy for the distances."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def generator_loss(model, z):
    # -log D(G(z)), averaged over the batch
    total = 0.0
    scores = model.discriminator(model.generator(z))
    for s in scores:
        total = total - torch.log(s)
    return (total / len(scores)).squeeze()


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
    d = np.linalg.norm(points.numpy()[:, None, :] - centers.numpy()[None, :, :], axis=-1)
    return int(((d < 3 * sigma).mean(axis=0) >= 0.01).sum())


class InstanceNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        q = torch.distributions.Normal(0.0, self.std)
        return x + q.sample(x.shape)
