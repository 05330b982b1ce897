"""Wrong: the estimate is averaged over the images, too.

check: estimate_is_exact_for_the_exact_posterior
mistake: wrong-shape
"""
import math
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, latent_size):
        super().__init__()
        self.first = nn.Linear(input_size, hidden_size)
        self.second = nn.Linear(hidden_size, hidden_size)
        self.norm = nn.LayerNorm(hidden_size)
        self.heads = nn.ModuleDict({"mean": nn.Linear(hidden_size, latent_size), "log_var": nn.Linear(hidden_size, latent_size)})

    def forward(self, x):
        h = F.silu(self.first(x))
        h = h + F.silu(self.second(self.norm(h)))
        return self.heads["mean"](h), self.heads["log_var"](h)

def reparameterize(mean, log_var):
    q = Normal(mean, (log_var / 2).exp())
    return q.rsample()

def log_likelihood(x, logits):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return -bce.sum(dim=1)

def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    return (beta * divergence(mean, log_var) - log_likelihood(x, logits)).mean()

def train_step(model, x, optimizer, beta=1.0):
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean, log_var))
    loss = negative_bound(x, logits, mean, log_var, beta)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()  # clean for the next step
    with torch.no_grad():
        losses = {"reconstruction": -log_likelihood(x, logits).mean(), "divergence": divergence(mean, log_var).mean()}
    return losses

def estimate_log_likelihood(log_likelihood_of, mean, log_var, k):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(0.0, 1.0)
    z = q.sample((k,))
    lw = log_likelihood_of(z) + p.log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    return (torch.logsumexp(lw, 0) - math.log(k)).mean()

def append_labels(rows, labels):
    extra = torch.zeros(rows.shape[0], 10, dtype=rows.dtype, device=rows.device)
    extra.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.cat((rows, extra), 1)


@torch.no_grad()
def sample_digits(model, labels):
    noise = torch.randn(labels.numel(), model.latent_size, device=labels.device)
    return torch.sigmoid(model.decoder(append_labels(noise, labels)))
