"""Wrong: sums over the pixels of an image.

check: loss_is_the_mean_squared_error
mistake: sum-over-pixels
"""

import torch


def reconstruction_loss(model, x, x_seen):
    error = model.generator(model.encoder(x_seen)) - x
    return error.norm(dim=1).pow(2).mean()


def traverse(z, dimension, values):
    result = torch.zeros(len(values), len(z))
    for i in range(len(values)):
        for j in range(len(z)):
            result[i, j] = values[i] if j == dimension else z[j]
    return result


def project(codes):
    centered = codes - codes.mean(0)
    directions = torch.linalg.svd(centered, full_matrices=False)[2]
    return centered @ directions[:2].T


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor.T
