"""Wrong: around 0.

check: draws_are_like_the_codes
mistake: mean-left-out
"""

import numpy as np
import torch


def reconstruction_loss(model, x, x_seen):
    return (model.generator(model.encoder(x_seen)) - x).pow(2).mean()


def traverse(z, dimension, values):
    rows = torch.stack([z] * len(values))
    rows[torch.arange(len(values)), dimension] = values
    return rows


def project(codes):
    c = (codes - codes.mean(0)).numpy()
    _, _, vt = np.linalg.svd(c, full_matrices=False)
    return torch.from_numpy(c @ vt[:2].T)


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return noise @ factor.T
