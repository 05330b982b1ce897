"""Wrong: only the reconstruction goes backward.

check: step_follows_the_gradient_of_the_bound
mistake: divergence-left-out
"""
import math
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Independent, Normal


class Encoder(nn.Module):
    def __init__(self, in_dim, hid_dim, z_dim):
        super().__init__()
        self.z_dim = z_dim
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(in_dim, hid_dim), nn.ELU(), nn.Dropout(0.05),
                                  nn.Linear(hid_dim, hid_dim), nn.ELU())
        self.out = nn.Linear(hid_dim, z_dim * 2)
        nn.init.zeros_(self.out.bias)

    def forward(self, images):
        out = self.out(self.body(images))
        return out[:, :self.z_dim], out[:, self.z_dim:]


def reparameterize(mean, log_var):
    epsilon = torch.from_numpy(np.random.randn(*mean.shape)).to(mean.dtype)
    return mean + (log_var / 2).exp() * epsilon


def log_likelihood(x, logits):
    # x*a - log(1 + e^a)
    return (x * logits - F.softplus(logits)).sum(dim=1)


def divergence(mean, log_var):
    total = torch.zeros(len(mean), device=mean.device)
    for k in range(mean.shape[1]):
        m, lv = mean[:, k], log_var[:, k]
        total = total + 0.5 * (m * m + lv.exp() - 1.0 - lv)
    return total


def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)


def train_step(model, x, optimizer, beta=1.0):
    optimizer.zero_grad()
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    reconstruction = -log_likelihood(x, logits).mean()
    reconstruction.backward()
    optimizer.step()
    return {"reconstruction": reconstruction, "divergence": divergence(mean, log_var).mean()}


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = Independent(Normal(mean, (0.5 * log_var).exp()), 1)
    prior = Independent(Normal(torch.zeros_like(mean), torch.ones_like(mean)), 1)
    with torch.no_grad():
        z = q.rsample((k,))
        w = log_likelihood_of(z) + prior.log_prob(z) - q.log_prob(z)
    return torch.logsumexp(w - math.log(k), dim=0)


def append_labels(rows, labels):
    digits = torch.arange(10, device=labels.device)
    return torch.cat([rows, (labels[:, None] == digits).to(rows.dtype)], -1)


def sample_digits(model, labels):
    pictures = []
    for label in labels:
        z = torch.randn(1, model.latent_size)
        pictures.append(torch.sigmoid(model.decoder(append_labels(z, label.view(1)))))
    return torch.cat(pictures)
