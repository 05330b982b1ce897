"""Wrong: the divergence of the prior from q.

check: divergence_is_that_of_two_normals
mistake: divergence-reversed
"""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal, kl_divergence


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
    n, d = mean.shape
    return torch.addcmul(mean, torch.randn(n, d).to(mean), log_var.mul(.5).exp())

def log_likelihood(x, logits):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return -bce.sum(dim=1)

def divergence(mean, log_var):
    q = Normal(mean, torch.exp(log_var / 2))
    p = Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return kl_divergence(p, q).sum(-1)

def negative_bound(x, logits, mean, log_var, beta=1.0):
    rec = -log_likelihood(x, logits).mean()
    kl = divergence(mean, log_var).mean()
    return rec + beta * kl

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
    n, d = mean.shape
    eps = torch.randn((k + 1) // 2, n, d, device=mean.device)
    eps = torch.cat([eps, -eps])[:k]        # pairs +eps, -eps
    z = mean + torch.exp(log_var / 2) * eps
    ratio = 0.5 * (eps.square() + log_var - z.square()).sum(-1)
    return torch.logsumexp(log_likelihood_of(z) + ratio, dim=0) - torch.log(torch.tensor(float(k)))

def append_labels(rows, labels):
    h = torch.eye(10)[labels].to(rows)
    return torch.hstack((rows, h))


def sample_digits(model, labels):
    z = torch.randn(len(labels), model.latent_size).to(labels.device)
    logits = model.decoder(append_labels(z, labels))
    return logits.sigmoid()
