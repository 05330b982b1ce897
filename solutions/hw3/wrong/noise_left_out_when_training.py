"""Wrong: in training mode the draw is so narrow that the divergence cannot fit.

check: training_reaches_a_good_bound
mistake: training-does-not-converge
"""
import math
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.fc = nn.Linear(input_size, hidden_size)
        self.mean = nn.Linear(hidden_size, latent_size)
        self.log_var = nn.Linear(hidden_size, latent_size)
        with torch.no_grad():
            self.log_var.bias.fill_(-25.0)  # begin like a plain autoencoder

    def forward(self, x):
        h = torch.relu(self.fc(x))
        return self.mean(h), self.log_var(h)


def reparameterize(mean, log_var):
    n, d = mean.shape
    return torch.addcmul(mean, torch.randn(n, d).to(mean), log_var.mul(.5).exp())


def log_likelihood(x, logits):
    # x*a - log(1 + e^a)
    return (x * logits - F.softplus(logits)).sum(dim=1)


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    n = x.size(0)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction='sum') / n
    kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) / n
    return reconstruction + beta * kld


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


def log_normal(z, mean, log_var):
    return (-0.5 * (math.log(2 * math.pi) + log_var + (z - mean) ** 2 / log_var.exp())).sum(-1)


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    z = torch.stack([reparameterize(mean, log_var) for _ in range(k)])   # (k, n, d)
    zeros = torch.zeros_like(mean)
    logw = log_likelihood_of(z) + log_normal(z, zeros, zeros) - log_normal(z, mean, log_var)
    top = logw.max(dim=0).values
    return top + torch.log(torch.exp(logw - top).mean(dim=0))


def append_labels(rows, labels):
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
