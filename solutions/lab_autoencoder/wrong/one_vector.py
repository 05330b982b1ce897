"""Wrong: one vector, n times.

check: draws_are_like_the_codes
mistake: not-random
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x)


def traverse(z, dimension, values):
    rows = torch.stack([z] * len(values))
    rows[torch.arange(len(values)), dimension] = values
    return rows


def project(codes):
    c = codes - torch.mean(codes, 0)
    u, s, v = torch.svd(c)  # this one gives V and not V^T
    return torch.mm(c, v[:, :2])


def sample_like(codes, n):
    q = torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov())
    return q.sample().repeat(n, 1)
