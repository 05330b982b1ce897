"""Wrong: U alone.

check: components_are_the_principal_ones
mistake: components-of-length-1
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x)


def traverse(z, dimension, values):
    rows = []
    for value in values:
        row = z.clone()
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


def project(codes):
    centered = codes - codes.mean(0)
    U, values, directions = torch.linalg.svd(centered, full_matrices=False)
    return U[:, :2]


def sample_like(codes, n):
    mu = codes.mean(0)
    L = torch.linalg.cholesky(torch.cov(codes.T))
    eps = torch.randn(n, len(mu))
    return mu + (L @ eps.T).T
