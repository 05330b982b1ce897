"""Wrong: zero_grad is forgotten.

check: step_follows_the_gradient_of_the_bound
mistake: gradients-not-cleared
"""
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


def reparameterize(mean, log_var):
    n, d = mean.shape
    return torch.addcmul(mean, torch.randn(n, d).to(mean), log_var.mul(.5).exp())


def log_likelihood(x, logits):
    # x*a - log(1 + e^a)
    return (x * logits - F.softplus(logits)).sum(dim=1)


def divergence(mean, log_var):
    # expm1 is more exact near 0
    return 0.5 * (mean.square() + torch.expm1(log_var) - log_var).sum(-1)


def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)


def train_step(model, x, optimizer, beta=1.0):
    mean, log_var = model.encoder(x)
    z = reparameterize(mean, log_var)
    logits = model.decoder(z)
    rec, kl = -log_likelihood(x, logits).mean(), divergence(mean, log_var).mean()
    loss = rec + beta * kl
    loss.backward()
    optimizer.step()
    return {"reconstruction": rec.item(), "divergence": kl.item()}


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    all_weights = []
    for _ in range(k):
        sigma = torch.exp(0.5 * log_var)
        eps = torch.randn_like(mean)
        z = mean + sigma * eps
        # the constants log(2 pi)/2 of prior and q cancel
        log_prior = -0.5 * (z ** 2).sum(1)
        log_q = -0.5 * (eps ** 2 + log_var).sum(1)
        all_weights.append(log_likelihood_of(z) + log_prior - log_q)
    return torch.stack(all_weights).logsumexp(dim=0) - np.log(k)


def append_labels(rows, labels):
    h = torch.eye(10)[labels].to(rows)
    return torch.hstack((rows, h))


def sample_digits(model, labels):
    z = torch.randn(len(labels), model.latent_size).to(labels.device)
    logits = model.decoder(append_labels(z, labels))
    return logits.sigmoid()
