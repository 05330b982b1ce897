"""Wrong: independent coordinates.

check: draws_are_like_the_codes
mistake: variances-only
"""

import torch


def reconstruction_loss(model, x, x_seen):
    out = model.generator(model.encoder(x_seen))
    per_image = ((out - x) ** 2).mean(dim=1)  # (n,)
    return per_image.mean()


def traverse(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] = values
    return rows


def project(codes):
    C = codes - codes.mean(dim=0, keepdim=True)
    U, S, Vt = torch.linalg.svd(C, full_matrices=False)
    return U[:, :2] * S[:2]


def sample_like(codes, n):
    return codes.mean(0) + codes.std(0) * torch.randn(n, codes.shape[1])
