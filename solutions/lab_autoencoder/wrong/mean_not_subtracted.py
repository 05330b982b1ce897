"""Wrong: right directions, raw codes.

check: components_are_the_principal_ones
mistake: mean-not-subtracted
"""

import torch


def reconstruction_loss(model, x, x_seen):
    return (model.generator(model.encoder(x_seen)) - x).pow(2).mean()


def traverse(z, dimension, values):
    out = z.expand(len(values), -1).clone()  # without clone() all rows are the same memory
    out[:, dimension] = values
    return out


def project(codes):
    centered = codes - codes.mean(0)
    U, values, directions = torch.linalg.svd(centered, full_matrices=False)
    return codes @ directions[:2].T


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor.T
