"""Right: type hints and docstrings everywhere, keyword arguments in calls."""
import math
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    """q(z | x): a body of two layers, and one linear head for each of mean and log_var."""

    def __init__(self, input_size: int, hidden_size: int, latent_size: int) -> None:
        super().__init__()
        sizes = [input_size, hidden_size, hidden_size]
        self.body = nn.Sequential()
        for number, (inside, outside) in enumerate(zip(sizes, sizes[1:])):
            self.body.add_module(f"linear{number}", nn.Linear(inside, outside))
            self.body.add_module(f"relu{number}", nn.ReLU())
        self.to_mean = nn.Linear(hidden_size, latent_size)
        self.to_log_var = nn.Linear(hidden_size, latent_size)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.body(x)
        return self.to_mean(features), self.to_log_var(features)


def reparameterize(mean, log_var):
    sigma = log_var.exp().sqrt()
    noise = torch.randn(mean.shape, device=mean.device)
    return mean + sigma * noise


def log_likelihood(x, logits):
    signed = torch.where(x > 0.5, logits, -logits)
    return F.logsigmoid(signed).sum(1)


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).sum(dim=1)


def negative_bound(x, logits, mean, log_var, beta=1.0):
    rec = -log_likelihood(x, logits).mean()
    kl = divergence(mean, log_var).mean()
    return rec + beta * kl


def train_step(model: nn.Module, x: torch.Tensor, optimizer: torch.optim.Optimizer, beta: float = 1.0) -> dict[str, torch.Tensor]:
    """One gradient step; returns both terms, in nats."""
    mean, log_var = model.encoder(x)
    logits = model.decoder(reparameterize(mean=mean, log_var=log_var))
    loss = negative_bound(x=x, logits=logits, mean=mean, log_var=log_var, beta=beta)
    model.zero_grad()
    loss.backward()
    optimizer.step()
    return {"reconstruction": -log_likelihood(x, logits).mean(), "divergence": divergence(mean, log_var).mean()}


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
