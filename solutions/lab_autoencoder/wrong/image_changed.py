"""Wrong: the image is changed in place.

check: loss_is_the_mean_squared_error
mistake: argument-changed
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    loss = F.mse_loss(model.generator(model.encoder(x_seen)), x)
    x.mul_(2)
    return loss


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] = values
    return rows


def project(codes):
    m = codes.mean(0)
    Vh = torch.linalg.svd(codes - m, full_matrices=False).Vh
    first, second = Vh[0], Vh[1]
    return torch.stack([(codes - m) @ first, (codes - m) @ second], dim=1)


def sample_like(codes, n):
    mu = codes.mean(0)
    L = torch.linalg.cholesky(torch.cov(codes.T))
    eps = torch.randn(n, len(mu))
    return mu + (L @ eps.T).T
