"""Wrong: sigma is detached, so log_var learns from the divergence only.

check: gradient_passes_through_the_draw
mistake: gradient-missing
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


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
    std = torch.exp(log_var / 2).detach()
    return mean + std * torch.randn_like(std)

def log_likelihood(x, logits):
    signed = torch.where(x > 0.5, logits, -logits)
    return F.logsigmoid(signed).sum(1)

def divergence(mean, log_var):
    # expm1 is more exact near 0
    return 0.5 * (mean.square() + torch.expm1(log_var) - log_var).sum(-1)

def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)

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
