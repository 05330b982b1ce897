"""Right: sums and the estimate are computed in float64."""
import math
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc21 = nn.Linear(hidden_size, latent_size)
        self.fc22 = nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)


def reparameterize(mu, logvar):
    eps = torch.empty_like(mu).normal_()   # no gradient for the noise itself
    return eps.mul(torch.exp(logvar / 2)).add(mu)


def log_likelihood(x, logits):
    a = logits.double()
    return (x * a - torch.logaddexp(a, torch.zeros_like(a))).sum(1).to(logits.dtype)


def divergence(mean, log_var):
    m, lv = mean.double(), log_var.double()
    return (0.5 * (m**2 + lv.exp() - 1 - lv)).sum(1).float()


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
    lw = torch.zeros(k, len(mean), dtype=torch.float64)
    for i in range(k):
        z = reparameterize(mean, log_var)
        standard = (z - mean) / torch.exp(log_var / 2)
        lw[i] = log_likelihood_of(z).double() - 0.5 * (z**2 - standard**2 - log_var).double().sum(1)
    return (torch.logsumexp(lw, 0) - math.log(k)).float()


def append_labels(rows, labels):
    digits = torch.arange(10, device=labels.device)
    return torch.cat([rows, (labels[:, None] == digits).to(rows.dtype)], -1)


def sample_digits(model, labels):
    pictures = []
    for label in labels:
        z = torch.randn(1, model.latent_size)
        pictures.append(torch.sigmoid(model.decoder(append_labels(z, label.view(1)))))
    return torch.cat(pictures)
