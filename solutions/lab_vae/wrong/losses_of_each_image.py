"""Wrong: forgets the mean over the images.

check: losses_are_in_nats_per_image
mistake: wrong-shape
"""

import numpy as np
import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    std = torch.exp(0.5 * log_var)
    return mean + std * epsilon


def divergence(mu, log_var):
    std = torch.exp(log_var / 2)
    return -torch.log(std) + (mu**2 + std**2) / 2 - 1 / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    rec = F.binary_cross_entropy(reconstructions, x_real, reduction="none").sum(1)
    kl = divergence(mean, log_var).sum(1)
    return rec, kl


def warm_up(step, warm_up_steps, beta):
    if not warm_up_steps:
        return beta
    return float(np.interp(step, [0, warm_up_steps], [0, beta]))
