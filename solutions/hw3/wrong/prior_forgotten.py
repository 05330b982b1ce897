"""Wrong: log p(z) is missing.

check: estimate_comes_close_to_the_truth
mistake: prior-missing
"""
import math
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc21 = nn.Linear(hidden_size, latent_size)
        self.fc22 = nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

def reparameterize(mean, log_var):
    std = torch.exp(0.5 * log_var)
    eps = torch.randn_like(std)
    return mean + eps * std

def log_likelihood(x, logits):
    zero = torch.zeros_like(logits)
    per_pixel = x * logits - torch.logaddexp(zero, logits)
    return torch.sum(per_pixel, 1)

def divergence(mean, log_var):
    # cross-entropy minus entropy
    d = mean.shape[1]
    cross = 0.5 * (d * math.log(2 * math.pi) + (mean ** 2 + log_var.exp()).sum(1))
    entropy = 0.5 * (d * math.log(2 * math.pi * math.e) + log_var.sum(1))
    return cross - entropy

def negative_bound(x, logits, mean, log_var, beta=1.0):
    n = x.size(0)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction='sum') / n
    kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) / n
    return reconstruction + beta * kld

def train_step(model, x, optimizer, beta=1.0):
    optimizer.zero_grad()
    mean, log_var = model.encoder(x)
    z = reparameterize(mean, log_var)
    logits = model.decoder(z)
    loss = negative_bound(x, logits, mean, log_var, beta)
    loss.backward()
    optimizer.step()
    return {"reconstruction": -log_likelihood(x, logits).mean(), "divergence": divergence(mean, log_var).mean()}

def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = torch.distributions.Normal(mean, torch.exp(0.5 * log_var))
    log_w = []
    for _ in range(k):
        z = q.sample()
        log_w.append(log_likelihood_of(z) - q.log_prob(z).sum(1))
    return torch.stack(log_w).logsumexp(0) - math.log(k)

def append_labels(rows, labels):
    digits = torch.arange(10, device=labels.device)
    return torch.cat([rows, (labels[:, None] == digits).to(rows.dtype)], -1)


def sample_digits(model, labels):
    pictures = []
    for label in labels:
        z = torch.randn(1, model.latent_size)
        pictures.append(torch.sigmoid(model.decoder(append_labels(z, label.view(1)))))
    return torch.cat(pictures)
