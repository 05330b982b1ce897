"""Wrong: compared with x_seen.

check: loss_is_the_mean_squared_error
mistake: compared-with-the-noisy-image
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x_seen)


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] = values
    return rows


def project(codes):
    c = codes - codes.mean(0)
    cov = c.T @ c / (len(c) - 1)
    values, vectors = torch.linalg.eigh(cov)  # in rising order
    return c @ vectors[:, [-1, -2]]


def sample_like(codes, n):
    values, vectors = torch.linalg.eigh(codes.T.cov())
    root = vectors @ values.sqrt().diag() @ vectors.T  # symmetric, root @ root is the covariance
    return codes.mean(0) + torch.randn(n, codes.shape[1]) @ root
