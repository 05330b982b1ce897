"""Wrong: codes are detached.

check: loss_is_the_mean_squared_error
mistake: gradient-missing
"""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return F.mse_loss(model.generator(model.encoder(x_seen).detach()), x)


def traverse(z, dimension, values):
    k = len(values)
    left, right = z[:dimension], z[dimension + 1 :]
    return torch.cat([left.repeat(k, 1), values.view(k, 1), right.repeat(k, 1)], dim=1)


def project(codes):
    C = codes - codes.mean(dim=0, keepdim=True)
    U, S, Vt = torch.linalg.svd(C, full_matrices=False)
    return U[:, :2] * S[:2]


def sample_like(codes, n):
    factor = torch.linalg.cholesky(codes.T.cov())
    noise = torch.randn(n, codes.shape[1])
    return codes.mean(0) + noise @ factor.T
