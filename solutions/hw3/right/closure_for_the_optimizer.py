"""Right: the optimizer calls a closure that computes the loss."""
import math
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal


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
    q = Normal(mean, (log_var / 2).exp())
    return q.rsample()


def log_likelihood(x, logits):
    ink = x * F.logsigmoid(logits)
    paper = (1 - x) * F.logsigmoid(-logits)
    return (ink + paper).sum(-1)


def divergence(mean, log_var):
    return -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp(), dim=1)


def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)


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
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(0.0, 1.0)
    z = q.sample((k,))
    log_w = log_likelihood_of(z) + p.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    return torch.logsumexp(log_w, 0) - math.log(k)


def append_labels(rows, labels):
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
