"""Wrong: codes are not centered.

check: components_are_the_principal_ones
mistake: directions-of-raw-codes
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
    directions = torch.linalg.svd(codes, full_matrices=False)[2]
    return codes @ directions[:2].T


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor.T
