"""Wrong: sqrt of exp(log_var / 2).

check: z_is_a_draw_from_q
mistake: log-var-quartered
"""
import math
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Independent, Normal


class Encoder(nn.Module):
    def __init__(self, in_dim, hid_dim, z_dim):
        super().__init__()
        self.z_dim = z_dim
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(in_dim, hid_dim), nn.ELU(), nn.Dropout(0.05),
                                  nn.Linear(hid_dim, hid_dim), nn.ELU())
        self.out = nn.Linear(hid_dim, z_dim * 2)
        nn.init.zeros_(self.out.bias)

    def forward(self, images):
        out = self.out(self.body(images))
        return out[:, :self.z_dim], out[:, self.z_dim:]


def reparameterize(mean, log_var):
    sigma = torch.sqrt(torch.exp(log_var / 2))
    return mean + sigma * torch.randn_like(mean)


def log_likelihood(x, logits):
    signed = torch.where(x > 0.5, logits, -logits)
    return F.logsigmoid(signed).sum(1)


def divergence(mean, log_var):
    total = torch.zeros(len(mean), device=mean.device)
    for k in range(mean.shape[1]):
        m, lv = mean[:, k], log_var[:, k]
        total = total + 0.5 * (m * m + lv.exp() - 1.0 - lv)
    return total


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
    q = Independent(Normal(mean, (0.5 * log_var).exp()), 1)
    prior = Independent(Normal(torch.zeros_like(mean), torch.ones_like(mean)), 1)
    with torch.no_grad():
        z = q.rsample((k,))
        w = log_likelihood_of(z) + prior.log_prob(z) - q.log_prob(z)
    return torch.logsumexp(w - math.log(k), dim=0)


def append_labels(rows, labels):
    h = torch.eye(10)[labels].to(rows)
    return torch.hstack((rows, h))


def sample_digits(model, labels):
    z = torch.randn(len(labels), model.latent_size).to(labels.device)
    logits = model.decoder(append_labels(z, labels))
    return logits.sigmoid()
