"""Wrong: without a warm-up it is 0.

check: no_warm_up_is_possible
mistake: zero-without-warm-up
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    variance = log_var.exp()
    z = mean + variance**0.5 * epsilon
    return z


def divergence(mu, log_var):
    std = torch.exp(log_var / 2)
    return -torch.log(std) + (mu**2 + std**2) / 2 - 1 / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    n = x_real.shape[0]
    bce = F.binary_cross_entropy(reconstructions, x_real, reduction="sum") / n
    kl = divergence(mean, log_var).sum() / n
    return bce, kl


def warm_up(step, warm_up_steps, beta):
    return beta * min(1, step / max(warm_up_steps, 1))
