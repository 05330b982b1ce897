"""Wrong: the second first.

check: components_are_the_principal_ones
mistake: components-exchanged
"""

import torch
from torch import nn


def reconstruction_loss(model, x, x_seen):
    x_hat = model.generator(model.encoder(x_seen))
    return nn.MSELoss()(x_hat, x)


def traverse(z, dimension, values):
    result = torch.zeros(len(values), len(z))
    for i in range(len(values)):
        for j in range(len(z)):
            result[i, j] = values[i] if j == dimension else z[j]
    return result


def project(codes):
    centered = codes - codes.mean(0)
    U, values, directions = torch.linalg.svd(centered, full_matrices=False)
    return centered @ directions[:2].flip(0).T


def sample_like(codes, n):
    c = codes - codes.mean(0)
    sigma = c.T @ c / (len(codes) - 1)
    L = torch.linalg.cholesky(sigma)
    return torch.stack([codes.mean(0) + L @ torch.randn(codes.shape[1]) for _ in range(n)])
