"""Wrong: q.sample() lets no gradient pass.

check: gradient_passes_through_the_draw
mistake: gradient-cut
"""
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


def reparameterize(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    z = q.sample()
    return z


def log_likelihood(x, logits):
    p = torch.distributions.Bernoulli(logits=logits)
    return p.log_prob(x).sum(dim=-1)


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    rec = -log_likelihood(x, logits).mean()
    kl = divergence(mean, log_var).mean()
    return rec + beta * kl


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
