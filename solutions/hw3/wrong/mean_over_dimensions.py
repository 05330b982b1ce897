"""Wrong: the mean over the dimensions.

check: divergence_is_that_of_two_normals
mistake: mean-over-dimensions
"""
import math
import torch
from torch import nn
from torch.distributions import Bernoulli, Independent


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super(Encoder, self).__init__()
        self.net = nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.BatchNorm1d(hidden_size),
            nn.ReLU(inplace=True),
        )
        self.mu = nn.Linear(hidden_size, latent_size)
        self.lv = nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        h = self.net(x)
        return self.mu(h), self.lv(h)

def reparameterize(mean, log_var):
    std = torch.exp(0.5 * log_var)
    eps = torch.randn_like(std)
    return mean + eps * std

def log_likelihood(x, logits):
    return Independent(Bernoulli(logits=logits), 1).log_prob(x)

def divergence(mean, log_var):
    return -0.5 * torch.mean(1 + log_var - mean.pow(2) - log_var.exp(), dim=1)

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
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(0.0, 1.0)
    z = q.sample((k,))
    log_w = log_likelihood_of(z) + p.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    return torch.logsumexp(log_w, 0) - math.log(k)

def append_labels(rows, labels):
    digits = torch.arange(10, device=labels.device)
    return torch.cat([rows, (labels[:, None] == digits).to(rows.dtype)], -1)


def sample_digits(model, labels):
    pictures = []
    for label in labels:
        z = torch.randn(1, model.latent_size)
        pictures.append(torch.sigmoid(model.decoder(append_labels(z, label.view(1)))))
    return torch.cat(pictures)
