"""Wrong: the mean of log w: the bound again.

check: estimate_comes_close_to_the_truth
mistake: mean-of-logarithms
"""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc21 = nn.Linear(hidden_size, latent_size)
        self.fc22 = nn.Linear(hidden_size, latent_size)

    def forward(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

def reparameterize(mean, log_var):
    sigma = log_var.exp().sqrt()
    noise = torch.randn(mean.shape, device=mean.device)
    return mean + sigma * noise

def log_likelihood(x, logits):
    zero = torch.zeros_like(logits)
    per_pixel = x * logits - torch.logaddexp(zero, logits)
    return torch.sum(per_pixel, 1)

def divergence(mean, log_var):
    var = torch.exp(log_var)
    kl = (mean ** 2 + var - 1 - log_var) / 2
    return kl.sum(1)

def negative_bound(x, logits, mean, log_var, beta=1):
    elbo = log_likelihood(x, logits) - beta * divergence(mean, log_var)
    return -torch.mean(elbo)

def train_step(model, x, optimizer, beta=1.0):
    params = [p for group in optimizer.param_groups for p in group["params"]]
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    loss = negative_bound(x, logits, mean, log_var, beta)
    for p, g in zip(params, torch.autograd.grad(loss, params)):
        p.grad = g
    optimizer.step()
    return {"reconstruction": -log_likelihood(x, logits).mean().detach(),
            "divergence": divergence(mean, log_var).mean().detach(),
            "loss": loss.detach()}

def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = Normal(mean, torch.exp(log_var / 2))
    p = Normal(torch.zeros_like(mean), torch.ones_like(mean))
    z = q.sample((k,))
    log_w = log_likelihood_of(z) + p.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    return log_w.mean(0)

def append_labels(rows, labels):
    digits = torch.arange(10, device=labels.device)
    return torch.cat([rows, (labels[:, None] == digits).to(rows.dtype)], -1)


def sample_digits(model, labels):
    pictures = []
    for label in labels:
        z = torch.randn(1, model.latent_size)
        pictures.append(torch.sigmoid(model.decoder(append_labels(z, label.view(1)))))
    return torch.cat(pictures)
