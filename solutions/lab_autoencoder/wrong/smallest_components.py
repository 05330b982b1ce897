"""Wrong: the smallest.

check: components_are_the_principal_ones
mistake: smallest-components
"""

import torch
from torch import nn


def reconstruction_loss(model, x, x_seen):
    x_hat = model.generator(model.encoder(x_seen))
    return nn.MSELoss()(x_hat, x)


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] = values
    return rows


def project(codes):
    centered = codes - codes.mean(0)
    return centered @ torch.linalg.eigh(codes.T.cov())[1][:, :2]


def sample_like(codes, n):
    c = codes - codes.mean(0)
    sigma = c.T @ c / (len(codes) - 1)
    L = torch.linalg.cholesky(sigma)
    return torch.stack([codes.mean(0) + L @ torch.randn(codes.shape[1]) for _ in range(n)])
