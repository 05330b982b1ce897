"""Wrong: their sum alone.

check: losses_are_in_nats_per_image
mistake: wrong-type
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + (log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    sigma2 = log_var.exp()
    return 0.5 * mean**2 + 0.5 * sigma2 - 0.5 - 0.5 * log_var


def vae_losses(x_real, reconstructions, mean, log_var):
    return F.binary_cross_entropy(reconstructions, x_real, reduction="none").sum(1).mean() + divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    if step < warm_up_steps:
        return step / warm_up_steps * beta
    else:
        return beta
