"""Wrong: L from the wrong side.

check: draws_are_like_the_codes
mistake: factor-from-the-wrong-side
"""

import torch
from torch import nn


def reconstruction_loss(model, x, x_seen):
    x_hat = model.generator(model.encoder(x_seen))
    return nn.MSELoss()(x_hat, x)


def traverse(z, dimension, values):
    rows = []
    for value in values:
        row = z.clone()
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


def project(codes):
    c = codes - codes.mean(0)
    cov = c.T @ c / (len(c) - 1)
    values, vectors = torch.linalg.eigh(cov)  # in rising order
    return c @ vectors[:, [-1, -2]]


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor
