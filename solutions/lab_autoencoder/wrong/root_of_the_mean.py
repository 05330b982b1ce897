"""Wrong: the root.

check: loss_is_the_mean_squared_error
mistake: root-of-the-mean
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x).sqrt()


def traverse(z, dimension, values):
    rows = torch.stack([z] * len(values))
    rows[torch.arange(len(values)), dimension] = values
    return rows


def project(codes):
    m = codes.mean(0)
    Vh = torch.linalg.svd(codes - m, full_matrices=False).Vh
    first, second = Vh[0], Vh[1]
    return torch.stack([(codes - m) @ first, (codes - m) @ second], dim=1)


def sample_like(codes, n):
    c = codes - codes.mean(0)
    sigma = c.T @ c / (len(codes) - 1)
    L = torch.linalg.cholesky(sigma)
    return torch.stack([codes.mean(0) + L @ torch.randn(codes.shape[1]) for _ in range(n)])
