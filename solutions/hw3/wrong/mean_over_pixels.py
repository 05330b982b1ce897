"""Wrong: the log-likelihood is the mean over the pixels.

check: log_likelihood_is_in_nats
mistake: mean-over-pixels
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    """one output layer, cut into two halves"""
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden_size, 2 * latent_size),
        )

    def forward(self, x):
        mean, log_var = torch.chunk(self.layers(x), 2, dim=-1)
        return mean, log_var


def reparameterize(mean, log_var):
    std = torch.exp(0.5 * log_var)
    eps = torch.randn_like(std)
    return mean + eps * std


def log_likelihood(x, logits):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").mean(dim=1)


def divergence(mean, log_var):
    return -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp(), dim=1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()


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
    return torch.cat([rows, F.one_hot(labels, num_classes=10).float()], dim=1)


def sample_digits(model, labels):
    z = torch.randn(labels.shape[0], model.latent_size)
    return model.generator(append_labels(z, labels))
