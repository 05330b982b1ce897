"""Wrong: the step returns its loss, not both terms.

check: step_reports_both_terms
mistake: wrong-type
"""
import math
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(input_size, hidden_size) * (2 / input_size) ** 0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden_size))
        self.W_mu = nn.Parameter(torch.randn(hidden_size, latent_size) * hidden_size ** -0.5)
        self.b_mu = nn.Parameter(torch.zeros(latent_size))
        self.W_lv = nn.Parameter(0.1 * torch.randn(hidden_size, latent_size) * hidden_size ** -0.5)
        self.b_lv = nn.Parameter(torch.zeros(latent_size))

    def forward(self, x):
        h = torch.relu(x @ self.W1 + self.b1)
        mu = h @ self.W_mu + self.b_mu
        log_var = h @ self.W_lv + self.b_lv
        return (mu, log_var)


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
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    loss = negative_bound(x, logits, mean, log_var, beta)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


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
