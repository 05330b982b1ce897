"""Wrong: U alone.

check: components_are_the_principal_ones
mistake: components-of-length-1
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x)


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] = values
    return rows


def project(codes):
    centered = codes - codes.mean(0)
    U, values, directions = torch.linalg.svd(centered, full_matrices=False)
    return U[:, :2]


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor.T
