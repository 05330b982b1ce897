"""Right: the divergence keeps log_var between -10 and 10."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, hidden_size), nn.ReLU()
        )
        self.mean = nn.Linear(hidden_size, latent_size)
        self.log_var = nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), self.log_var(h)


def reparameterize(mean, log_var):
    epsilon = torch.randn_like(mean)
    return mean + torch.exp(log_var / 2) * epsilon


def log_likelihood(x, logits):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def divergence(mean, log_var):
    log_var = log_var.clamp(-10, 10)
    return 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()


def train_step(model, x, optimizer, beta=1.0):
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    loss = negative_bound(x, logits, mean, log_var, beta)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return {
        "reconstruction": -log_likelihood(x, logits).mean(),
        "divergence": divergence(mean, log_var).mean(),
    }


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    sigma = torch.exp(log_var / 2)
    z = mean + sigma * torch.randn(k, *mean.shape)
    q = torch.distributions.Normal(mean, sigma)
    prior = torch.distributions.Normal(0.0, 1.0)
    log_weights = log_likelihood_of(z) + prior.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    return torch.logsumexp(log_weights, dim=0) - math.log(k)


def append_labels(rows, labels):
    return torch.cat([rows, F.one_hot(labels, 10).to(rows.dtype)], dim=1)


def sample_digits(model, labels):
    z = torch.randn(len(labels), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(z, labels)))
