"""Right: NumPy where it is shorter."""

import numpy as np
import torch
from torch import nn


def reconstruction_loss(model, x, x_seen):
    x_hat = model.generator(model.encoder(x_seen))
    return nn.MSELoss()(x_hat, x)


def traverse(z, dimension, values):
    k = len(values)
    left, right = z[:dimension], z[dimension + 1 :]
    return torch.cat([left.repeat(k, 1), values.view(k, 1), right.repeat(k, 1)], dim=1)


def project(codes):
    c = (codes - codes.mean(0)).numpy()
    _, _, vt = np.linalg.svd(c, full_matrices=False)
    return torch.from_numpy(c @ vt[:2].T)


def sample_like(codes, n):
    draws = np.random.multivariate_normal(codes.mean(0).numpy(), np.cov(codes.numpy().T), size=n)
    return torch.tensor(draws, dtype=torch.float32)
