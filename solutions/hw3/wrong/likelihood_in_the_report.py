"""Wrong: the log-likelihood is reported as it is, without its minus.

check: step_reports_both_terms
mistake: wrong-sign
"""
import math
import torch
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

def reparameterize(mean, log_var):
    std = torch.exp(0.5 * log_var)
    eps = torch.randn_like(std)
    return mean + eps * std

def log_likelihood(x, logits):
    zero = torch.zeros_like(logits)
    per_pixel = x * logits - torch.logaddexp(zero, logits)
    return torch.sum(per_pixel, 1)

def divergence(mean, log_var):
    total = torch.zeros(len(mean), device=mean.device)
    for k in range(mean.shape[1]):
        m, lv = mean[:, k], log_var[:, k]
        total = total + 0.5 * (m * m + lv.exp() - 1.0 - lv)
    return total

def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)

def train_step(model, x, optimizer, beta=1.0):
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    ll = log_likelihood(x, logits).mean()
    kl = divergence(mean, log_var).mean()
    loss = -ll + beta * kl
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return {"reconstruction": ll.item(), "divergence": kl.item()}

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
