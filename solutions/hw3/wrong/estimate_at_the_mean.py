"""Wrong: every z is the mean of q.

check: estimate_comes_close_to_the_truth
mistake: mean-for-draw
"""
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
    sigma = log_var.exp().sqrt()
    noise = torch.randn(mean.shape, device=mean.device)
    return mean + sigma * noise


def log_likelihood(x, logits):
    ink = x * F.logsigmoid(logits)
    paper = (1 - x) * F.logsigmoid(-logits)
    return (ink + paper).sum(-1)


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()


def train_step(model, x, optimizer, beta=1.0):
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    loss = negative_bound(x, logits, mean, log_var, beta)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()  # clean for the next step
    with torch.no_grad():
        losses = {"reconstruction": -log_likelihood(x, logits).mean(), "divergence": divergence(mean, log_var).mean()}
    return losses


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = Normal(mean, torch.exp(log_var / 2))
    prior = Normal(torch.zeros_like(mean), torch.ones_like(mean))
    z = q.mean.expand(k, *mean.shape)
    w = log_likelihood_of(z) + prior.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    return torch.logsumexp(w, dim=0) - math.log(k)


def append_labels(rows, labels):
    digits = torch.arange(10, device=labels.device)
    return torch.cat([rows, (labels[:, None] == digits).to(rows.dtype)], -1)


def sample_digits(model, labels):
    pictures = []
    for label in labels:
        z = torch.randn(1, model.latent_size)
        pictures.append(torch.sigmoid(model.decoder(append_labels(z, label.view(1)))))
    return torch.cat(pictures)
