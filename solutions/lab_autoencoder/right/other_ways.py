"""Right: other ways of writing it."""

import torch
import torch.nn.functional as F


def reconstruction_loss(model, x, x_seen):
    return (model.generator(model.encoder(x_seen)) - x).pow(2).mean()


def traverse(z, dimension, values):
    rows = torch.stack([z] * len(values))
    rows[torch.arange(len(values)), dimension] = values
    return rows


def project(codes):
    covariance = codes.T.cov()
    directions = torch.linalg.eigh(covariance)[1].flip(1)[:, :2]
    return -(codes - codes.mean(0)) @ directions


def sample_like(codes, n):
    q = torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov())
    return q.sample((n,))
