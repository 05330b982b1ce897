"""Right: U times S, and a covariance by hand."""

import torch


def reconstruction_loss(model, x, x_seen):
    out = model.generator(model.encoder(x_seen))
    per_image = ((out - x) ** 2).mean(dim=1)  # (n,)
    return per_image.mean()


def traverse(z, dimension, values):
    out = z.expand(len(values), -1).clone()  # without clone() all rows are the same memory
    out[:, dimension] = values
    return out


def project(codes):
    C = codes - codes.mean(dim=0, keepdim=True)
    U, S, Vt = torch.linalg.svd(C, full_matrices=False)
    return U[:, :2] * S[:2]


def sample_like(codes, n):
    c = codes - codes.mean(0)
    sigma = c.T @ c / (len(codes) - 1)
    L = torch.linalg.cholesky(sigma)
    return torch.stack([codes.mean(0) + L @ torch.randn(codes.shape[1]) for _ in range(n)])
