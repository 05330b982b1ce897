"""Wrong: log q(z | x) is added.

check: estimate_is_exact_for_the_exact_posterior
mistake: wrong-value
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
    std = torch.exp(0.5 * log_var)
    eps = torch.randn_like(std)
    return mean + eps * std

def log_likelihood(x, logits):
    return Independent(Bernoulli(logits=logits), 1).log_prob(x)

def divergence(mean, log_var):
    var = torch.exp(log_var)
    kl = (mean ** 2 + var - 1 - log_var) / 2
    return kl.sum(1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()

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
    q = torch.distributions.Normal(mean, (log_var / 2).exp())
    p = torch.distributions.Normal(0.0, 1.0)
    z = q.sample((k,))
    lw = log_likelihood_of(z) + p.log_prob(z).sum(-1) + q.log_prob(z).sum(-1)
    return lw.logsumexp(0) - math.log(k)

def append_labels(rows, labels):
    return torch.cat([rows, F.one_hot(labels, num_classes=10).float()], dim=1)


def sample_digits(model, labels):
    z = torch.randn(labels.shape[0], model.latent_size)
    return model.generator(append_labels(z, labels))
