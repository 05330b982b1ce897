"""Wrong: counts the steps from 1.

check: weight_rises_and_stays
mistake: off-by-one
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + (log_var / 2).exp() * epsilon


def divergence(mu, log_var):
    std = torch.exp(log_var / 2)
    return -torch.log(std) + (mu**2 + std**2) / 2 - 1 / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    n = x_real.shape[0]
    bce = F.binary_cross_entropy(reconstructions, x_real, reduction="sum") / n
    kl = divergence(mean, log_var).sum() / n
    return bce, kl


def warm_up(step, warm_up_steps, beta):
    t = step + 1
    if t >= warm_up_steps:
        return beta
    return beta * t / warm_up_steps
