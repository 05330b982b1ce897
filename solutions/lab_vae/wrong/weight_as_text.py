"""Wrong: returns text.

check: weight_rises_and_stays
mistake: wrong-type
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    variance = log_var.exp()
    z = mean + variance**0.5 * epsilon
    return z


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p)


def vae_losses(x_real, reconstructions, mean, log_var):
    cross_entropy = F.binary_cross_entropy(reconstructions, x_real, reduction="none")
    return cross_entropy.sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    return str(beta)
