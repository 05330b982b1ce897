"""Wrong: z itself is changed.

check: one_coordinate_changes
mistake: argument-changed
"""

import torch


def reconstruction_loss(model, x, x_seen):
    z = model.encoder(x_seen)
    diff = x - model.generator(z)
    return (diff * diff).sum() / diff.numel()


def traverse(z, dimension, values):
    rows = []
    for value in values:
        z[dimension] = value
        rows.append(z.clone())
    return torch.stack(rows)


def project(codes):
    c = codes - codes.mean(0)
    cov = c.T @ c / (len(c) - 1)
    values, vectors = torch.linalg.eigh(cov)  # in rising order
    return c @ vectors[:, [-1, -2]]


def sample_like(codes, n):
    q = torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov())
    return q.sample((n,))
