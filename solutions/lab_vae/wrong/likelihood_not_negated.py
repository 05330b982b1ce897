"""Wrong: the log-likelihood itself.

check: losses_are_in_nats_per_image
mistake: wrong-sign
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    variance = log_var.exp()
    z = mean + variance**0.5 * epsilon
    return z


def divergence(mean, log_var):
    # expm1(x) = exp(x) - 1
    return (mean * mean + torch.expm1(log_var) - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    return -F.binary_cross_entropy(reconstructions, x_real, reduction="none").sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    try:
        return beta * min(1.0, step / warm_up_steps)
    except ZeroDivisionError:
        return beta
