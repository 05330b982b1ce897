"""Wrong: counts the coordinates from 1.

check: one_coordinate_changes
mistake: neighbor-changed
"""

import numpy as np
import torch


def reconstruction_loss(model, x, x_seen):
    return (model.generator(model.encoder(x_seen)) - x).pow(2).mean()


def traverse(z, dimension, values):
    out = torch.stack([z.clone() for _ in values])
    for i, v in enumerate(values):
        out[i, dimension - 1] = v
    return out


def project(codes):
    c = (codes - codes.mean(0)).numpy()
    _, _, vt = np.linalg.svd(c, full_matrices=False)
    return torch.from_numpy(c @ vt[:2].T)


def sample_like(codes, n):
    mu = codes.mean(0)
    L = torch.linalg.cholesky(torch.cov(codes.T))
    eps = torch.randn(n, len(mu))
    return mu + (L @ eps.T).T
