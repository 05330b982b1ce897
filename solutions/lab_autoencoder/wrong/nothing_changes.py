"""Wrong: changes copies that are thrown away.

check: one_coordinate_changes
mistake: nothing-changes
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x)


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    for row, value in zip(rows.clone(), values):
        row[dimension] = value
    return rows


def project(codes):
    c = codes - torch.mean(codes, 0)
    u, s, v = torch.svd(c)  # this one gives V and not V^T
    return torch.mm(c, v[:, :2])


def sample_like(codes, n):
    c = codes - codes.mean(0)
    sigma = c.T @ c / (len(codes) - 1)
    L = torch.linalg.cholesky(sigma)
    return torch.stack([codes.mean(0) + L @ torch.randn(codes.shape[1]) for _ in range(n)])
