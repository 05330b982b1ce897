"""Wrong: returns the mean.

check: z_is_a_sample
mistake: noise-left-out
"""

import numpy as np
import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + 0 * log_var


def divergence(mu, log_var):
    std = torch.exp(log_var / 2)
    return -torch.log(std) + (mu**2 + std**2) / 2 - 1 / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    n = x_real.shape[0]
    bce = F.binary_cross_entropy(reconstructions, x_real, reduction="sum") / n
    kl = divergence(mean, log_var).sum() / n
    return bce, kl


def warm_up(step, warm_up_steps, beta):
    if not warm_up_steps:
        return beta
    return float(np.interp(step, [0, warm_up_steps], [0, beta]))
