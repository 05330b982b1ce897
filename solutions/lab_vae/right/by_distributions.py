"""Right: with torch.distributions."""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return torch.addcmul(mean, torch.exp(0.5 * log_var), epsilon)


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    return torch.distributions.kl_divergence(q, torch.distributions.Normal(torch.tensor(0.0), torch.tensor(1.0)))


def vae_losses(x_real, reconstructions, mean, log_var):
    n = len(x_real)
    reconstruction = F.binary_cross_entropy(reconstructions, x_real, reduction="sum") / n
    return [reconstruction, divergence(mean, log_var).sum() / n]


def warm_up(step, warm_up_steps, beta):
    return torch.tensor(beta * min(1.0, step / max(warm_up_steps, 1e-9)) if warm_up_steps else beta)
