"""Right: the estimate holds one z at a time, and a running sum."""
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
    signed = torch.where(x > 0.5, logits, -logits)
    return F.logsigmoid(signed).sum(1)


def divergence(mean, log_var):
    return -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp(), dim=1)


def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    mu, lv = model.encoder(x)
    a = model.decoder(reparameterize(mu, lv))
    rec = -log_likelihood(x, a).mean()
    kl = divergence(mu, lv).mean()
    optimizer.zero_grad(set_to_none=True)
    (rec + beta * kl).backward()
    optimizer.step()
    return dict(reconstruction=rec.item(), divergence=kl.item())


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
