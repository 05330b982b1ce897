"""Wrong: noise times the covariance.

check: draws_are_like_the_codes
mistake: covariance-squared
"""

import torch


def reconstruction_loss(model, x, x_seen):
    out = model.generator(model.encoder(x_seen))
    per_image = ((out - x) ** 2).mean(dim=1)  # (n,)
    return per_image.mean()


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
    return codes.mean(0) + torch.randn(n, codes.shape[1]) @ codes.T.cov()
