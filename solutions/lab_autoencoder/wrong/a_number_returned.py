"""Wrong: a number, without its graph.

check: loss_is_the_mean_squared_error
mistake: wrong-type
"""

import numpy as np
import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x).item()


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] = values
    return rows


def project(codes):
    c = (codes - codes.mean(0)).numpy()
    _, _, vt = np.linalg.svd(c, full_matrices=False)
    return torch.from_numpy(c @ vt[:2].T)


def sample_like(codes, n):
    values, vectors = torch.linalg.eigh(codes.T.cov())
    root = vectors @ values.sqrt().diag() @ vectors.T  # symmetric, root @ root is the covariance
    return codes.mean(0) + torch.randn(n, codes.shape[1]) @ root
