"""Wrong: the step trains on the mini-batch twice.

check: step_follows_the_gradient_of_the_bound
mistake: two-steps
"""
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

def reparameterize(mean, log_var):
    n, d = mean.shape
    return torch.addcmul(mean, torch.randn(n, d).to(mean), log_var.mul(.5).exp())

def log_likelihood(x, logits):
    zero = torch.zeros_like(logits)
    per_pixel = x * logits - torch.logaddexp(zero, logits)
    return torch.sum(per_pixel, 1)

def divergence(mean, log_var):
    # expm1 is more exact near 0
    return 0.5 * (mean.square() + torch.expm1(log_var) - log_var).sum(-1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()

def train_step(model, x, optimizer, beta=1.0):
    for _ in range(2):
        mean, log_var = model.encoder(x)
        logits = model.decoder(reparameterize(mean, log_var))
        if _ == 0:
            first = {"reconstruction": -log_likelihood(x, logits).mean(), "divergence": divergence(mean, log_var).mean()}
        optimizer.zero_grad()
        negative_bound(x, logits, mean, log_var, beta).backward()
        optimizer.step()
    return first

def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    n, d = mean.shape
    eps = torch.randn((k + 1) // 2, n, d, device=mean.device)
    eps = torch.cat([eps, -eps])[:k]        # pairs +eps, -eps
    z = mean + torch.exp(log_var / 2) * eps
    ratio = 0.5 * (eps.square() + log_var - z.square()).sum(-1)
    return torch.logsumexp(log_likelihood_of(z) + ratio, dim=0) - torch.log(torch.tensor(float(k)))

def append_labels(rows, labels):
    return torch.cat([rows, F.one_hot(labels, num_classes=10).float()], dim=1)


def sample_digits(model, labels):
    z = torch.randn(labels.shape[0], model.latent_size)
    return model.generator(append_labels(z, labels))
