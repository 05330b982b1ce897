"""Wrong: encodes the clean image and asks for the noisy one.

check: loss_is_the_mean_squared_error
mistake: images-exchanged
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    z = model.encoder(x)
    return F.mse_loss(model.generator(z), x_seen)


def traverse(z, dimension, values):
    result = torch.zeros(len(values), len(z))
    for i in range(len(values)):
        for j in range(len(z)):
            result[i, j] = values[i] if j == dimension else z[j]
    return result


def project(codes):
    c = codes - codes.mean(0)
    cov = c.T @ c / (len(c) - 1)
    values, vectors = torch.linalg.eigh(cov)  # in rising order
    return c @ vectors[:, [-1, -2]]


def sample_like(codes, n):
    values, vectors = torch.linalg.eigh(codes.T.cov())
    root = vectors @ values.sqrt().diag() @ vectors.T  # symmetric, root @ root is the covariance
    return codes.mean(0) + torch.randn(n, codes.shape[1]) @ root
