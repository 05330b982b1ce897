"""Wrong: the squared error instead of the log-likelihood.

check: log_likelihood_is_in_nats
mistake: squared-error
"""
import math
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Independent, Normal


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(input_size, hidden_size), nn.Linear(hidden_size, hidden_size)])
        self.head_mean = nn.Linear(hidden_size, latent_size)
        self.head_log_var = nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        for layer in self.hidden:
            x = F.gelu(layer(x))
        # a safety net: the variance neither explodes nor vanishes
        return self.head_mean(x), self.head_log_var(x).clamp(-12.0, 8.0)

def reparameterize(mean, log_var):
    epsilon = torch.from_numpy(np.random.randn(*mean.shape)).to(mean.dtype)
    return mean + (log_var / 2).exp() * epsilon

def log_likelihood(x, logits):
    p = torch.sigmoid(logits)
    return -((x - p) ** 2).sum(1)

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
    params = [p for group in optimizer.param_groups for p in group["params"]]
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    loss = negative_bound(x, logits, mean, log_var, beta)
    for p, g in zip(params, torch.autograd.grad(loss, params)):
        p.grad = g
    optimizer.step()
    return {"reconstruction": -log_likelihood(x, logits).mean().detach(),
            "divergence": divergence(mean, log_var).mean().detach(),
            "loss": loss.detach()}

def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = Independent(Normal(mean, (0.5 * log_var).exp()), 1)
    prior = Independent(Normal(torch.zeros_like(mean), torch.ones_like(mean)), 1)
    with torch.no_grad():
        z = q.rsample((k,))
        w = log_likelihood_of(z) + prior.log_prob(z) - q.log_prob(z)
    return torch.logsumexp(w - math.log(k), dim=0)

def append_labels(rows, labels):
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
