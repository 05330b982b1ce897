"""Right: one output layer that is cut into two halves."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    """one output layer, cut into two halves"""
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden_size, 2 * latent_size),
        )

    def forward(self, x):
        mean, log_var = torch.chunk(self.layers(x), 2, dim=-1)
        return mean, log_var


def reparameterize(mean, log_var):
    sigma = log_var.exp().sqrt()
    noise = torch.randn(mean.shape, device=mean.device)
    return mean + sigma * noise


def log_likelihood(x, logits):
    ink = x * F.logsigmoid(logits)
    paper = (1 - x) * F.logsigmoid(-logits)
    return (ink + paper).sum(-1)


def divergence(mean, log_var):
    var = torch.exp(log_var)
    kl = (mean ** 2 + var - 1 - log_var) / 2
    return kl.sum(1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    rec = -log_likelihood(x, logits).mean()
    kl = divergence(mean, log_var).mean()
    return rec + beta * kl


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    mu, lv = model.encoder(x)
    a = model.decoder(reparameterize(mu, lv))
    rec = -log_likelihood(x, a).mean()
    kl = divergence(mu, lv).mean()
    optimizer.zero_grad(set_to_none=True)
    (rec + beta * kl).backward()
    optimizer.step()
    return dict(reconstruction=rec.item(), divergence=kl.item())


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
