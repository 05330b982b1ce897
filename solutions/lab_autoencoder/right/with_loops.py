"""Right: with loops, and the root of the covariance."""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    error = model.generator(model.encoder(x_seen)) - x
    return (error * error).sum() / error.numel()


def traverse(z, dimension, values):
    rows = []
    for value in values:
        row = z.clone()
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


def project(codes):
    return torch.pca_lowrank(codes, q=min(codes.shape), niter=20)[0][:, :2] * torch.linalg.svdvals(codes - codes.mean(0))[:2]


def sample_like(codes, n):
    values, vectors = torch.linalg.eigh(codes.T.cov())
    root = vectors @ values.sqrt().diag() @ vectors.T
    return torch.stack([codes.mean(0)] * n) + torch.randn(n, codes.shape[1]) @ root
