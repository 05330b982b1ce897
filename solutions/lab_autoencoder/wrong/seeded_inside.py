"""Wrong: seeded at each call.

check: draws_are_like_the_codes
mistake: not-random
"""

import torch


def reconstruction_loss(model, x, x_seen):
    reconstruction = model.generator(model.encoder(x_seen))
    n, pixels = x.shape
    return torch.linalg.norm(reconstruction - x) ** 2 / (n * pixels)


def traverse(z, dimension, values):
    out = z.expand(len(values), -1).clone()  # without clone() all rows are the same memory
    out[:, dimension] = values
    return out


def project(codes):
    c = codes - codes.mean(0)
    cov = c.T @ c / (len(c) - 1)
    values, vectors = torch.linalg.eigh(cov)  # in rising order
    return c @ vectors[:, [-1, -2]]


def sample_like(codes, n):
    torch.manual_seed(0)
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor.T
