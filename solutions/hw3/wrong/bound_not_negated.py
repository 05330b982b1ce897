"""Wrong: the bound itself is returned and minimized.

check: loss_is_the_negative_bound_with_beta
mistake: bound-not-negated
"""
import math
import torch
import torch.nn.functional as F
from torch import nn


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


def reparameterize(mu, logvar):
    eps = torch.empty_like(mu).normal_()   # no gradient for the noise itself
    return eps.mul(torch.exp(logvar / 2)).add(mu)


def log_likelihood(x, logits):
    p = torch.distributions.Bernoulli(logits=logits)
    return p.log_prob(x).sum(dim=-1)


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return elbo.mean()


def train_step(model, x, optimizer, beta=1.0):
    m, s = model.encoder(x)
    logits = model.decoder(reparameterize(m, s))
    kl = divergence(m, s).mean()
    loss = negative_bound(x, logits, m, s, beta)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    # what is left of the loss is the reconstruction
    return {"reconstruction": (loss - beta * kl).detach(), "divergence": kl.detach()}


def log_normal(z, mean, log_var):
    return (-0.5 * (math.log(2 * math.pi) + log_var + (z - mean) ** 2 / log_var.exp())).sum(-1)


def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    z = torch.stack([reparameterize(mean, log_var) for _ in range(k)])   # (k, n, d)
    zeros = torch.zeros_like(mean)
    logw = log_likelihood_of(z) + log_normal(z, zeros, zeros) - log_normal(z, mean, log_var)
    top = logw.max(dim=0).values
    return top + torch.log(torch.exp(logw - top).mean(dim=0))


def append_labels(rows, labels):
    return torch.cat([rows, F.one_hot(labels, num_classes=10).float()], dim=1)


def sample_digits(model, labels):
    z = torch.randn(labels.shape[0], model.latent_size)
    return model.generator(append_labels(z, labels))
