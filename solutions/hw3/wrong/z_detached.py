"""Wrong: only z is detached: the encoder learns from the divergence alone.

check: step_follows_the_gradient_of_the_bound
mistake: wrong-step
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


def reparameterize(mean, log_var):
    std = torch.exp(0.5 * log_var)
    eps = torch.randn_like(std)
    return mean + eps * std


def log_likelihood(x, logits):
    ink = x * F.logsigmoid(logits)
    paper = (1 - x) * F.logsigmoid(-logits)
    return (ink + paper).sum(-1)


def divergence(mean, log_var):
    total = torch.zeros(len(mean), device=mean.device)
    for k in range(mean.shape[1]):
        m, lv = mean[:, k], log_var[:, k]
        total = total + 0.5 * (m * m + lv.exp() - 1.0 - lv)
    return total


def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()


def train_step(model, x, optimizer, beta=1.0):
    mean, log_var = model.encoder(x)
    z = reparameterize(mean, log_var).detach()
    logits = model.decoder(z)
    loss = negative_bound(x, logits, mean, log_var, beta)
    optimizer.zero_grad()
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
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
