"""Wrong: codes are not centered.

check: components_are_the_principal_ones
mistake: directions-of-raw-codes
"""

import numpy as np
import torch


def reconstruction_loss(model, x, x_seen):
    z = model.encoder(x_seen)
    diff = x - model.generator(z)
    return (diff * diff).sum() / diff.numel()


def traverse(z, dimension, values):
    out = z.expand(len(values), -1).clone()  # without clone() all rows are the same memory
    out[:, dimension] = values
    return out


def project(codes):
    directions = torch.linalg.svd(codes, full_matrices=False)[2]
    return codes @ directions[:2].T


def sample_like(codes, n):
    draws = np.random.multivariate_normal(codes.mean(0).numpy(), np.cov(codes.numpy().T), size=n)
    return torch.tensor(draws, dtype=torch.float32)
