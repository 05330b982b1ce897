"""Wrong: all rows share one memory.

check: one_coordinate_changes
mistake: every-row-the-last
"""

import torch


def reconstruction_loss(model, x, x_seen):
    z = model.encoder(x_seen)
    diff = x - model.generator(z)
    return (diff * diff).sum() / diff.numel()


def traverse(z, dimension, values):
    rows, row = [], z.clone()
    for value in values:
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


def project(codes):
    c = codes - codes.mean(0)
    cov = c.T @ c / (len(c) - 1)
    values, vectors = torch.linalg.eigh(cov)  # in rising order
    return c @ vectors[:, [-1, -2]]


def sample_like(codes, n):
    mu = codes.mean(0)
    L = torch.linalg.cholesky(torch.cov(codes.T))
    eps = torch.randn(n, len(mu))
    return mu + (L @ eps.T).T
