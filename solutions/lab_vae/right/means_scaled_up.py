"""Right: means that are multiplied with the number of elements."""

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
    pixels, dims = x_real.shape[1], mean.shape[1]
    # .mean() divides by too much, so multiply
    return F.binary_cross_entropy(reconstructions, x_real) * pixels, divergence(mean, log_var).mean() * dims


def warm_up(step, warm_up_steps, beta):
    try:
        return beta * min(1.0, step / warm_up_steps)
    except ZeroDivisionError:
        return beta
