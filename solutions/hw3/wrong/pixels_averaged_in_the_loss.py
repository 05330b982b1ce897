"""Wrong: the loss has the mean over pixels and the sum over dimensions.

check: loss_is_the_negative_bound_with_beta
mistake: terms-in-other-units
"""
import math
import torch
import torch.nn.functional as F
from torch import nn


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
    sigma = log_var.exp().sqrt()
    noise = torch.randn(mean.shape, device=mean.device)
    return mean + sigma * noise

def log_likelihood(x, logits):
    p = torch.distributions.Bernoulli(logits=logits)
    return p.log_prob(x).sum(dim=-1)

def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    bce = F.binary_cross_entropy_with_logits(logits, x)   # mean
    return bce + beta * divergence(mean, log_var).mean()

def train_step(model, x, optimizer, beta=1.0):
    optimizer.zero_grad()
    mean, log_var = model.encoder(x)
    rec = -log_likelihood(x, model.decoder(reparameterize(mean, log_var))).mean()
    kl = divergence(mean, log_var).mean()
    rec.backward(retain_graph=True)
    (beta * kl).backward()  # gradients add up
    optimizer.step()
    return {"reconstruction": rec, "divergence": kl}

def log_normal(z, mean, log_var):
    return (-0.5 * (math.log(2 * math.pi) + log_var + (z - mean) ** 2 / log_var.exp())).sum(-1)


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    z = torch.stack([reparameterize(mean, log_var) for _ in range(k)])   # (k, n, d)
    zeros = torch.zeros_like(mean)
    logw = log_likelihood_of(z) + log_normal(z, zeros, zeros) - log_normal(z, mean, log_var)
    top = logw.max(dim=0).values
    return top + torch.log(torch.exp(logw - top).mean(dim=0))

def append_labels(rows, labels):
    digits = torch.arange(10, device=labels.device)
    return torch.cat([rows, (labels[:, None] == digits).to(rows.dtype)], -1)


def sample_digits(model, labels):
    pictures = []
    for label in labels:
        z = torch.randn(1, model.latent_size)
        pictures.append(torch.sigmoid(model.decoder(append_labels(z, label.view(1)))))
    return torch.cat(pictures)
