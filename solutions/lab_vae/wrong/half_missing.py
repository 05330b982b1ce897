"""Wrong: the factor 1/2 is missing.

check: divergence_is_that_of_two_normals
mistake: half-missing
"""

import torch
from torch import nn


def reparameterize(mean, log_var, epsilon):
    std = torch.exp(0.5 * log_var)
    return mean + std * epsilon


def divergence(mean, log_var):
    return mean.square() + log_var.exp() - 1 - log_var


def vae_losses(x_real, reconstructions, mean, log_var):
    per_pixel = nn.BCELoss(reduction="none")(reconstructions, x_real)
    return [torch.mean(torch.sum(per_pixel, 1)), torch.mean(torch.sum(divergence(mean, log_var), 1))]


def warm_up(step, warm_up_steps, beta):
    try:
        return beta * min(1.0, step / warm_up_steps)
    except ZeroDivisionError:
        return beta
