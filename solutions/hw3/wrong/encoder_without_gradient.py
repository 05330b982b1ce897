"""Wrong: the forward pass is under no_grad, to save memory.

check: encoder_is_a_network_with_a_hidden_layer
mistake: gradient-cut
"""
import math
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, hidden_size)
        self.mean_head = nn.Linear(hidden_size, latent_size)
        self.log_var_head = nn.Linear(hidden_size, latent_size)

    @torch.no_grad()
    def forward(self, x):
        h = F.elu(self.fc2(F.elu(self.fc1(x))))
        return self.mean_head(h), self.log_var_head(h)


def reparameterize(mean, log_var):
    epsilon = torch.from_numpy(np.random.randn(*mean.shape)).to(mean.dtype)
    return mean + (log_var / 2).exp() * epsilon


def log_likelihood(x, logits):
    # x*a - log(1 + e^a)
    return (x * logits - F.softplus(logits)).sum(dim=1)


def divergence(mean, log_var):
    var = torch.exp(log_var)
    kl = (mean ** 2 + var - 1 - log_var) / 2
    return kl.sum(1)


def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)


def train_step(model, x, optimizer, beta=1.0):
    optimizer.zero_grad()
    mean, log_var = model.encoder(x)
    z = reparameterize(mean, log_var)
    logits = model.decoder(z)
    loss = negative_bound(x, logits, mean, log_var, beta)
    loss.backward()
    optimizer.step()
    return {"reconstruction": -log_likelihood(x, logits).mean(), "divergence": divergence(mean, log_var).mean()}


def log_normal(z, mean, log_var):
    return (-0.5 * (math.log(2 * math.pi) + log_var + (z - mean) ** 2 / log_var.exp())).sum(-1)


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    z = torch.stack([reparameterize(mean, log_var) for _ in range(k)])   # (k, n, d)
    zeros = torch.zeros_like(mean)
    logw = log_likelihood_of(z) + log_normal(z, zeros, zeros) - log_normal(z, mean, log_var)
    top = logw.max(dim=0).values
    return top + torch.log(torch.exp(logw - top).mean(dim=0))


def append_labels(rows, labels):
    digits = torch.arange(10, device=labels.device)
    return torch.cat([rows, (labels[:, None] == digits).to(rows.dtype)], -1)


def sample_digits(model, labels):
    pictures = []
    for label in labels:
        z = torch.randn(1, model.latent_size)
        pictures.append(torch.sigmoid(model.decoder(append_labels(z, label.view(1)))))
    return torch.cat(pictures)
