"""Wrong: z itself is changed.

check: one_coordinate_changes
mistake: argument-changed
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x)


def traverse(z, dimension, values):
    rows = []
    for value in values:
        z[dimension] = value
        rows.append(z.clone())
    return torch.stack(rows)


def project(codes):
    centered = codes - codes.mean(0)
    directions = torch.linalg.svd(centered, full_matrices=False)[2]
    return centered @ directions[:2].T


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor.T
