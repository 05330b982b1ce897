"""Right: each term goes backward by itself, and the gradients add up."""
import math
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

def reparameterize(mu, logvar):
    eps = torch.empty_like(mu).normal_()   # no gradient for the noise itself
    return eps.mul(torch.exp(logvar / 2)).add(mu)

def log_likelihood(x, logits):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return -bce.sum(dim=1)

def divergence(mean, log_var):
    # expm1 is more exact near 0
    return 0.5 * (mean.square() + torch.expm1(log_var) - log_var).sum(-1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    rec = -log_likelihood(x, logits).mean()
    kl = divergence(mean, log_var).mean()
    return rec + beta * kl

def train_step(model, x, optimizer, beta=1.0):
    optimizer.zero_grad()
    mean, log_var = model.encoder(x)
    rec = -log_likelihood(x, model.decoder(reparameterize(mean, log_var))).mean()
    kl = divergence(mean, log_var).mean()
    rec.backward(retain_graph=True)
    (beta * kl).backward()  # gradients add up
    optimizer.step()
    return {"reconstruction": rec, "divergence": kl}

def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    """keeps a running log-sum, so only one z is in memory"""
    std = (log_var / 2).exp()
    total = torch.full((mean.shape[0],), -float("inf"), device=mean.device)
    for i in range(k):
        eps = torch.randn_like(mean)
        z = mean + std * eps
        log_w = log_likelihood_of(z) + (-0.5 * z**2 + 0.5 * eps**2 + 0.5 * log_var).sum(1)
        total = torch.logaddexp(total, log_w)
    return total - math.log(k)

def append_labels(rows, labels):
    return torch.cat([rows, F.one_hot(labels, num_classes=10).float()], dim=1)


def sample_digits(model, labels):
    z = torch.randn(labels.shape[0], model.latent_size)
    return model.generator(append_labels(z, labels))
