"""Wrong: one_hot counts the classes of the mini-batch by itself.

check: labels_stand_behind_the_rows
mistake: wrong-shape
"""
import math
import torch
import torch.nn.functional as F
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
    sigma = log_var.exp().sqrt()
    noise = torch.randn(mean.shape, device=mean.device)
    return mean + sigma * noise


def log_likelihood(x, logits):
    return Independent(Bernoulli(logits=logits), 1).log_prob(x)


def divergence(mean, log_var):
    var = torch.exp(log_var)
    kl = (mean ** 2 + var - 1 - log_var) / 2
    return kl.sum(1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    n = x.size(0)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction='sum') / n
    kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) / n
    return reconstruction + beta * kld


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
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(0.0, 1.0)
    z = q.sample((k,))
    log_w = log_likelihood_of(z) + p.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    return torch.logsumexp(log_w, 0) - math.log(k)


def append_labels(rows, labels):
    return torch.cat((rows, F.one_hot(labels)), 1)


def sample_digits(model, labels):
    z = torch.randn(labels.size(0), model.latent_size)
    return torch.sigmoid(model.decoder(append_labels(z, labels)))
