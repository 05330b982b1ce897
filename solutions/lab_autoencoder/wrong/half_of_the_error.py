"""Wrong: adds a factor 1/2, as in the lecture on regression.

check: loss_is_the_mean_squared_error
mistake: half-of-the-error
"""

import torch


def reconstruction_loss(model, x, x_seen):
    x_hat = model.generator(model.encoder(x_seen))
    return 0.5 * ((x_hat - x) ** 2).mean()


def traverse(z, dimension, values):
    k = len(values)
    left, right = z[:dimension], z[dimension + 1 :]
    return torch.cat([left.repeat(k, 1), values.view(k, 1), right.repeat(k, 1)], dim=1)


def project(codes):
    centered = codes - codes.mean(0)
    directions = torch.linalg.svd(centered, full_matrices=False)[2]
    return centered @ directions[:2].T


def sample_like(codes, n):
    c = codes - codes.mean(0)
    sigma = c.T @ c / (len(codes) - 1)
    L = torch.linalg.cholesky(sigma)
    return torch.stack([codes.mean(0) + L @ torch.randn(codes.shape[1]) for _ in range(n)])
