"""Wrong: the seed is set in each call.

check: z_is_a_draw_from_q
mistake: not-random
"""
import math
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Independent, Normal


def mlp(sizes):
    layers = []
    for a, b in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(a, b), nn.Tanh()]
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


class Encoder(nn.Module):
    # two separate networks, no common body
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.mu_net = mlp([input_size, hidden_size, latent_size])
        self.logvar_net = mlp([input_size, hidden_size, latent_size])

    def forward(self, x):
        return self.mu_net(x), self.logvar_net(x)


def reparameterize(mean, log_var):
    torch.manual_seed(42)  # reproducible
    eps = torch.randn_like(mean)
    return mean + eps * torch.exp(log_var * 0.5)


def log_likelihood(x, logits):
    p = torch.distributions.Bernoulli(logits=logits)
    return p.log_prob(x).sum(dim=-1)


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    n = x.size(0)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction='sum') / n
    kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) / n
    return reconstruction + beta * kld


def train_step(model, x, optimizer, beta=1.0):
    losses = {}

    def closure():
        optimizer.zero_grad()
        mean, log_var = model.encoder(x)
        logits = model.decoder(reparameterize(mean, log_var))
        losses["reconstruction"] = -log_likelihood(x, logits).mean()
        losses["divergence"] = divergence(mean, log_var).mean()
        total = losses["reconstruction"] + beta * losses["divergence"]
        total.backward()
        return total

    optimizer.step(closure)
    return losses


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = Independent(Normal(mean, (0.5 * log_var).exp()), 1)
    prior = Independent(Normal(torch.zeros_like(mean), torch.ones_like(mean)), 1)
    with torch.no_grad():
        z = q.rsample((k,))
        w = log_likelihood_of(z) + prior.log_prob(z) - q.log_prob(z)
    return torch.logsumexp(w - math.log(k), dim=0)


def append_labels(rows, labels):
    return torch.cat([rows, F.one_hot(labels, num_classes=10).float()], dim=1)


def sample_digits(model, labels):
    z = torch.randn(labels.shape[0], model.latent_size)
    return model.generator(append_labels(z, labels))
