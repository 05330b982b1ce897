"""Wrong: forgets beta while it rises.

check: weight_rises_and_stays
mistake: beta-forgotten
"""

import math

import torch
import torch.nn.functional as F


def reparameterize(mu, logvar, eps):
    return mu + eps * math.e ** (logvar / 2)


def divergence(mean, log_var):
    sigma2 = log_var.exp()
    return 0.5 * mean**2 + 0.5 * sigma2 - 0.5 - 0.5 * log_var


def vae_losses(x_real, reconstructions, mean, log_var):
    n = x_real.shape[0]
    bce = F.binary_cross_entropy(reconstructions, x_real, reduction="sum") / n
    kl = divergence(mean, log_var).sum() / n
    return bce, kl


def warm_up(step, warm_up_steps, beta):
    if step >= warm_up_steps:
        return beta
    return step / warm_up_steps
