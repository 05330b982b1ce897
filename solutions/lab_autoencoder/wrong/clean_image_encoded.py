"""Wrong: E sees the clean image.

check: loss_is_the_mean_squared_error
mistake: clean-image-encoded
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x)), x)


def traverse(z, dimension, values):
    k = len(values)
    left, right = z[:dimension], z[dimension + 1 :]
    return torch.cat([left.repeat(k, 1), values.view(k, 1), right.repeat(k, 1)], dim=1)


def project(codes):
    m = codes.mean(0)
    Vh = torch.linalg.svd(codes - m, full_matrices=False).Vh
    first, second = Vh[0], Vh[1]
    return torch.stack([(codes - m) @ first, (codes - m) @ second], dim=1)


def sample_like(codes, n):
    values, vectors = torch.linalg.eigh(codes.T.cov())
    root = vectors @ values.sqrt().diag() @ vectors.T  # symmetric, root @ root is the covariance
    return codes.mean(0) + torch.randn(n, codes.shape[1]) @ root
