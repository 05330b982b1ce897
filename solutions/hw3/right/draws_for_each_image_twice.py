"""Right: the step draws two z for each image and takes the mean of both."""
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
    std = torch.exp(0.5 * log_var)
    eps = torch.randn_like(std)
    return mean + eps * std


def log_likelihood(x, logits):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return -bce.sum(dim=1)


def divergence(mean, log_var):
    var = torch.exp(log_var)
    kl = (mean ** 2 + var - 1 - log_var) / 2
    return kl.sum(1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()


def train_step(model, x, optimizer, beta=1.0, draws=2):
    mean, log_var = model.encoder(x)
    rec = 0.0
    for _ in range(draws):
        logits = model.decoder(reparameterize(mean, log_var))
        rec = rec - log_likelihood(x, logits).mean() / draws
    kl = divergence(mean, log_var).mean()
    optimizer.zero_grad()
    (rec + beta * kl).backward()
    optimizer.step()
    return {"reconstruction": rec, "divergence": kl, "loss": rec + beta * kl}


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
