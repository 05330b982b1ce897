"""Wrong: values are added.

check: one_coordinate_changes
mistake: values-added
"""

import numpy as np
import torch


def reconstruction_loss(model, x, x_seen):
    reconstruction = model.generator(model.encoder(x_seen))
    n, pixels = x.shape
    return torch.linalg.norm(reconstruction - x) ** 2 / (n * pixels)


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] += values
    return rows


def project(codes):
    c = (codes - codes.mean(0)).numpy()
    _, _, vt = np.linalg.svd(c, full_matrices=False)
    return torch.from_numpy(c @ vt[:2].T)


def sample_like(codes, n):
    q = torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov())
    return q.sample((n,))
