"""Wrong: writes into an expanded view.

check: one_coordinate_changes
mistake: function-raises
"""

import numpy as np
import torch


def reconstruction_loss(model, x, x_seen):
    return (model.generator(model.encoder(x_seen)) - x).pow(2).mean()


def traverse(z, dimension, values):
    rows = z.expand(len(values), -1)
    rows[:, dimension] = values
    return rows


def project(codes):
    c = (codes - codes.mean(0)).numpy()
    _, _, vt = np.linalg.svd(c, full_matrices=False)
    return torch.from_numpy(c @ vt[:2].T)


def sample_like(codes, n):
    draws = np.random.multivariate_normal(codes.mean(0).numpy(), np.cov(codes.numpy().T), size=n)
    return torch.tensor(draws, dtype=torch.float32)
