"""Wrong: columns of V transposed.

check: components_are_the_principal_ones
mistake: wrong-value
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x)


def traverse(z, dimension, values):
    result = torch.zeros(len(values), len(z))
    for i in range(len(values)):
        for j in range(len(z)):
            result[i, j] = values[i] if j == dimension else z[j]
    return result


def project(codes):
    centered = codes - codes.mean(0)
    U, values, directions = torch.linalg.svd(centered, full_matrices=False)
    return centered @ directions[:, :2]


def sample_like(codes, n):
    values, vectors = torch.linalg.eigh(codes.T.cov())
    root = vectors @ values.sqrt().diag() @ vectors.T  # symmetric, root @ root is the covariance
    return codes.mean(0) + torch.randn(n, codes.shape[1]) @ root
