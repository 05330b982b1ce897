"""Wrong: averaged.

check: bound_is_right
mistake: divergence-averaged
"""

import torch
import torch.nn.functional as F
from torch import nn


class VAE(nn.Module):
    def __init__(self, pixels, hidden, latent):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels))

    def encode(self, x):
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        return mean, log_var

    def decode(self, z):
        return torch.sigmoid(self.decoder(z))

    def sample(self, x):
        mean, log_var = self.encode(x)
        return mean + (log_var / 2).exp() * torch.randn_like(mean)


def negative_bound(x, p, mean, log_var):
    reconstruction = F.binary_cross_entropy(p, x, reduction="sum") / len(x)
    divergence = (mean.square() + log_var.exp() - 1 - log_var).sum() / (2 * mean.numel())
    return reconstruction + divergence


def train(model, loader, optimizer, epochs):
    losses = []
    for _ in range(epochs):
        total = 0.0
        for (x,) in loader:
            mean, log_var = model.encode(x)
            z = mean + (log_var / 2).exp() * torch.randn_like(mean)
            loss = negative_bound(x, model.decode(z), mean, log_var)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(loader))
    return losses
