"""Wrong: N(mean, I).

check: draws_are_like_the_codes
mistake: covariance-left-out
"""

import numpy as np
import torch
from torch import nn


def reconstruction_loss(model, x, x_seen):
    x_hat = model.generator(model.encoder(x_seen))
    return nn.MSELoss()(x_hat, x)


def traverse(z, dimension, values):
    rows = []
    for value in values:
        row = z.clone()
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


def project(codes):
    c = (codes - codes.mean(0)).numpy()
    _, _, vt = np.linalg.svd(c, full_matrices=False)
    return torch.from_numpy(c @ vt[:2].T)


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise
