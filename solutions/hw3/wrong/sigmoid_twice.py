"""Wrong: the sigmoid is taken before a function that takes it by itself.

check: log_likelihood_is_in_nats
mistake: sigmoid-twice
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
    n, d = mean.shape
    return torch.addcmul(mean, torch.randn(n, d).to(mean), log_var.mul(.5).exp())


def log_likelihood(x, logits):
    probs = torch.sigmoid(logits)
    return -F.binary_cross_entropy_with_logits(probs, x, reduction="none").sum(1)


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
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    loss = negative_bound(x, logits, mean, log_var, beta)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()  # clean for the next step
    with torch.no_grad():
        losses = {"reconstruction": -log_likelihood(x, logits).mean(), "divergence": divergence(mean, log_var).mean()}
    return losses


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    n, d = mean.shape
    eps = torch.randn((k + 1) // 2, n, d, device=mean.device)
    eps = torch.cat([eps, -eps])[:k]        # pairs +eps, -eps
    z = mean + torch.exp(log_var / 2) * eps
    ratio = 0.5 * (eps.square() + log_var - z.square()).sum(-1)
    return torch.logsumexp(log_likelihood_of(z) + ratio, dim=0) - torch.log(torch.tensor(float(k)))


def append_labels(rows, labels):
    h = torch.eye(10)[labels].to(rows)
    return torch.hstack((rows, h))


def sample_digits(model, labels):
    z = torch.randn(len(labels), model.latent_size).to(labels.device)
    logits = model.decoder(append_labels(z, labels))
    return logits.sigmoid()
