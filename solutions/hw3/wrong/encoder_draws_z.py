"""Wrong: the encoder adds noise to the mean by itself.

check: encoder_is_a_network_with_a_hidden_layer
mistake: not-repeatable
"""
import math
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(input_size, hidden_size), nn.ReLU())
        self.mu, self.logvar = nn.Linear(hidden_size, latent_size), nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        h = self.body(x)
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.exp(logvar / 2) * torch.randn_like(mu)
        return z, logvar


def reparameterize(mean, log_var):
    sigma = log_var.exp().sqrt()
    noise = torch.randn(mean.shape, device=mean.device)
    return mean + sigma * noise


def log_likelihood(x, logits):
    signed = torch.where(x > 0.5, logits, -logits)
    return F.logsigmoid(signed).sum(1)


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
