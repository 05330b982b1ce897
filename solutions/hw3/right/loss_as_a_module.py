"""Right: both terms are computed in an nn.Module of their own."""
import math
import torch
import torch.nn.functional as F
from torch import nn


class BetaVAELoss(nn.Module):
    """Both terms in one module; nats, means over the batch."""

    def forward(self, x, logits, mean, log_var):
        rec = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)
        kl = 0.5 * (mean.square() + log_var.exp() - log_var - 1).flatten(1).sum(1)
        return rec, kl


criterion = BetaVAELoss()


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.first = nn.Linear(input_size, hidden_size)
        self.second = nn.Linear(hidden_size, hidden_size)
        self.norm = nn.LayerNorm(hidden_size)
        self.heads = nn.ModuleDict({"mean": nn.Linear(hidden_size, latent_size), "log_var": nn.Linear(hidden_size, latent_size)})

    def forward(self, x):
        h = F.silu(self.first(x))
        h = h + F.silu(self.second(self.norm(h)))
        return self.heads["mean"](h), self.heads["log_var"](h)


def reparameterize(mean, log_var):
    std = torch.exp(0.5 * log_var)
    eps = torch.randn_like(std)
    return mean + eps * std


def log_likelihood(x, logits):
    nothing = torch.zeros(len(x), 1)
    return -criterion(x, logits, nothing, nothing)[0]


def divergence(mean, log_var):
    nothing = torch.zeros(len(mean), 1)
    return criterion(nothing, nothing, mean, log_var)[1]


def negative_bound(x, logits, mean, log_var, beta=1.0):
    rec, kl = criterion(x, logits, mean, log_var)
    return torch.mean(rec + beta * kl)


def train_step(model, x, optimizer, beta=1.0):
    mean, log_var = model.encoder(x)
    rec, kl = criterion(x, model.decoder(reparameterize(mean, log_var)), mean, log_var)
    optimizer.zero_grad()
    (rec + beta * kl).mean().backward()
    optimizer.step()
    return {"reconstruction": rec.mean().item(), "divergence": kl.mean().item()}


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(0.0, 1.0)
    z = q.sample((k,))
    log_w = log_likelihood_of(z) + p.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    return torch.logsumexp(log_w, 0) - math.log(k)


def append_labels(rows, labels):
    h = torch.eye(10)[labels].to(rows)
    return torch.hstack((rows, h))


def sample_digits(model, labels):
    z = torch.randn(len(labels), model.latent_size).to(labels.device)
    logits = model.decoder(append_labels(z, labels))
    return logits.sigmoid()
