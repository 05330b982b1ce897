"""Right: layers one by one, and torch.distributions."""

import torch
import torch.nn.functional as F
from torch import nn


class VAE(nn.Module):
    def __init__(self, pixels, hidden, latent):
        super().__init__()
        self.e1 = nn.Linear(pixels, hidden)
        self.e2 = nn.Linear(hidden, 2 * latent)
        self.d1 = nn.Linear(latent, hidden)
        self.d2 = nn.Linear(hidden, pixels)
        self.latent = latent

    def encode(self, x):
        codes = self.e2(F.relu(self.e1(x)))
        return [codes[:, : self.latent], codes[:, self.latent :]]

    def decode(self, z):
        return self.d2(F.relu(self.d1(z))).sigmoid()

    def sample(self, x):
        mean, log_var = self.encode(x)
        return torch.distributions.Normal(mean, torch.exp(0.5 * log_var)).rsample()


def negative_bound(x, p, mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    prior = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    divergence = torch.distributions.kl_divergence(q, prior).sum(dim=-1)
    return (F.binary_cross_entropy(p, x, reduction="none").sum(dim=-1) + divergence).mean()


def train(model, loader, optimizer, epochs):
    losses = []
    for _ in range(epochs):
        total = 0.0
        for (x,) in loader:
            mean, log_var = model.encode(x)
            z = model.sample(x)
            loss = negative_bound(x, model.decode(z), mean, log_var)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(loader))
    return losses
