"""Wrong: z is uniform between 0 and 1.

check: digits_are_drawn_as_asked
mistake: wrong-distribution
"""
import math
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

def reparameterize(mu, logvar):
    eps = torch.empty_like(mu).normal_()   # no gradient for the noise itself
    return eps.mul(torch.exp(logvar / 2)).add(mu)

def log_likelihood(x, logits):
    ink = x * F.logsigmoid(logits)
    paper = (1 - x) * F.logsigmoid(-logits)
    return (ink + paper).sum(-1)

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
    onehot = torch.zeros(len(rows), 10)
    onehot[torch.arange(len(rows)), labels] = 1
    return torch.cat([rows, onehot], dim=1)


def sample_digits(model, labels):
    z = torch.rand(len(labels), model.latent_size)
    return torch.sigmoid(model.decoder(append_labels(z, labels)))
