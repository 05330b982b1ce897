"""Wrong: the sign is wrong.

check: divergence_is_that_of_two_normals
mistake: wrong-sign
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    std = torch.exp(0.5 * log_var)
    return mean + std * epsilon


def divergence(mean, log_var):
    return -(mean.square() + log_var.exp() - 1 - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    pixels, dims = x_real.shape[1], mean.shape[1]
    # .mean() divides by too much, so multiply
    return F.binary_cross_entropy(reconstructions, x_real) * pixels, divergence(mean, log_var).mean() * dims


def warm_up(step, warm_up_steps, beta):
    try:
        return beta * min(1.0, step / warm_up_steps)
    except ZeroDivisionError:
        return beta
