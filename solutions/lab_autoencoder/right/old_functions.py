"""Right: torch.svd, and element by element."""

import torch


def reconstruction_loss(model, x, x_seen):
    reconstruction = model.generator(model.encoder(x_seen))
    n, pixels = x.shape
    return torch.linalg.norm(reconstruction - x) ** 2 / (n * pixels)


def traverse(z, dimension, values):
    result = torch.zeros(len(values), len(z))
    for i in range(len(values)):
        for j in range(len(z)):
            result[i, j] = values[i] if j == dimension else z[j]
    return result


def project(codes):
    c = codes - torch.mean(codes, 0)
    u, s, v = torch.svd(c)  # this one gives V and not V^T
    return torch.mm(c, v[:, :2])


def sample_like(codes, n):
    mu = codes.mean(0)
    L = torch.linalg.cholesky(torch.cov(codes.T))
    eps = torch.randn(n, len(mu))
    return mu + (L @ eps.T).T
