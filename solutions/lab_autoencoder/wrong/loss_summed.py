"""Wrong: the sum.

check: loss_is_the_mean_squared_error
mistake: sum-instead-of-mean
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen)), x, reduction='sum')


def traverse(z, dimension, values):
    k = len(values)
    left, right = z[:dimension], z[dimension + 1 :]
    return torch.cat([left.repeat(k, 1), values.view(k, 1), right.repeat(k, 1)], dim=1)


def project(codes):
    C = codes - codes.mean(dim=0, keepdim=True)
    U, S, Vt = torch.linalg.svd(C, full_matrices=False)
    return U[:, :2] * S[:2]


def sample_like(codes, n):
    q = torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov())
    return q.sample((n,))
