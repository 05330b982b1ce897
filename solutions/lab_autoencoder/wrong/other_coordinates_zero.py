"""Wrong: the rest is 0.

check: one_coordinate_changes
mistake: other-coordinates-zero
"""

import torch


def reconstruction_loss(model, x, x_seen):
    out = model.generator(model.encoder(x_seen))
    per_image = ((out - x) ** 2).mean(dim=1)  # (n,)
    return per_image.mean()


def traverse(z, dimension, values):
    rows = torch.zeros(len(values), len(z))
    rows[:, dimension] = values
    return rows


def project(codes):
    centered = codes - codes.mean(0)
    directions = torch.linalg.svd(centered, full_matrices=False)[2]
    return centered @ directions[:2].T


def sample_like(codes, n):
    c = codes - codes.mean(0)
    sigma = c.T @ c / (len(codes) - 1)
    L = torch.linalg.cholesky(sigma)
    return torch.stack([codes.mean(0) + L @ torch.randn(codes.shape[1]) for _ in range(n)])
