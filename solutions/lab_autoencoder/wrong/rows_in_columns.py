"""Wrong: columns instead of rows.

check: one_coordinate_changes
mistake: wrong-shape
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x)


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] = values
    return rows.T


def project(codes):
    m = codes.mean(0)
    Vh = torch.linalg.svd(codes - m, full_matrices=False).Vh
    first, second = Vh[0], Vh[1]
    return torch.stack([(codes - m) @ first, (codes - m) @ second], dim=1)


def sample_like(codes, n):
    q = torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov())
    return q.sample((n,))
