"""Wrong: forgets to keep only two.

check: components_are_the_principal_ones
mistake: wrong-shape
"""

import torch


def reconstruction_loss(model, x, x_seen):
    z = model.encoder(x_seen)
    diff = x - model.generator(z)
    return (diff * diff).sum() / diff.numel()


def traverse(z, dimension, values):
    rows = []
    for value in values:
        row = z.clone()
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


def project(codes):
    centered = codes - codes.mean(0)
    U, S, Vt = torch.linalg.svd(centered, full_matrices=False)
    return centered @ Vt.T


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor.T
