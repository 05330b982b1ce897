"""Wrong: the sign of the divergence is wrong in the sum.

check: loss_is_the_negative_bound_with_beta
mistake: divergence-subtracted
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


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
    sigma = log_var.exp().sqrt()
    noise = torch.randn(mean.shape, device=mean.device)
    return mean + sigma * noise

def log_likelihood(x, logits):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return -bce.sum(dim=1)

def divergence(mean, log_var):
    var = torch.exp(log_var)
    kl = (mean ** 2 + var - 1 - log_var) / 2
    return kl.sum(1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    nll = -log_likelihood(x, logits)
    return torch.mean(nll - beta * divergence(mean, log_var))

def train_step(model, x, optimizer, beta=1.0):
    m, s = model.encoder(x)
    logits = model.decoder(reparameterize(m, s))
    kl = divergence(m, s).mean()
    loss = negative_bound(x, logits, m, s, beta)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    # what is left of the loss is the reconstruction
    return {"reconstruction": (loss - beta * kl).detach(), "divergence": kl.detach()}

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
