"""Wrong: the prior has no constant, q has one.

check: estimate_is_exact_for_the_exact_posterior
mistake: constant-of-one-density
"""
import math
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(input_size, hidden_size) * (2 / input_size) ** 0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden_size))
        self.W_mu = nn.Parameter(torch.randn(hidden_size, latent_size) * hidden_size ** -0.5)
        self.b_mu = nn.Parameter(torch.zeros(latent_size))
        self.W_lv = nn.Parameter(0.1 * torch.randn(hidden_size, latent_size) * hidden_size ** -0.5)
        self.b_lv = nn.Parameter(torch.zeros(latent_size))

    def forward(self, x):
        h = torch.relu(x @ self.W1 + self.b1)
        mu = h @ self.W_mu + self.b_mu
        log_var = h @ self.W_lv + self.b_lv
        return (mu, log_var)


def reparameterize(mu, logvar):
    eps = torch.empty_like(mu).normal_()   # no gradient for the noise itself
    return eps.mul(torch.exp(logvar / 2)).add(mu)


def log_likelihood(x, logits):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return -bce.sum(dim=1)


def divergence(mean, log_var):
    # cross-entropy minus entropy
    d = mean.shape[1]
    cross = 0.5 * (d * math.log(2 * math.pi) + (mean ** 2 + log_var.exp()).sum(1))
    entropy = 0.5 * (d * math.log(2 * math.pi * math.e) + log_var.sum(1))
    return cross - entropy


def negative_bound(x, logits, mean, log_var, beta=1.0):
    rec = -log_likelihood(x, logits).mean()
    kl = divergence(mean, log_var).mean()
    return rec + beta * kl


def train_step(model, x, optimizer, beta=1.0):
    losses = {}

    def closure():
        optimizer.zero_grad()
        mean, log_var = model.encoder(x)
        logits = model.decoder(reparameterize(mean, log_var))
        losses["reconstruction"] = -log_likelihood(x, logits).mean()
        losses["divergence"] = divergence(mean, log_var).mean()
        total = losses["reconstruction"] + beta * losses["divergence"]
        total.backward()
        return total

    optimizer.step(closure)
    return losses


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    std = torch.exp(0.5 * log_var)
    q = torch.distributions.Normal(mean, std)
    weights = []
    for i in range(k):
        z = mean + std * torch.randn_like(std)
        log_prior = -0.5 * z.pow(2).sum(1)
        weights.append(log_likelihood_of(z) + log_prior - q.log_prob(z).sum(1))
    return torch.logsumexp(torch.stack(weights), dim=0) - np.log(k)


def append_labels(rows, labels):
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
