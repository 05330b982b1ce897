"""Wrong: the logarithm of the variance is kept in [-5, 5].

check: divergence_is_that_of_two_normals
mistake: log-var-clamped
"""
import math
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


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
    log_var = torch.clamp(log_var, min=-5.0, max=5.0)
    kl = 0.5 * (mean * mean + torch.exp(log_var) - log_var - 1)
    return kl.sum(1)


def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)


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
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
