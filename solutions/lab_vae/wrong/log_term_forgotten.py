"""Wrong: leaves out the logarithm.

check: divergence_is_that_of_two_normals
mistake: logarithm-missing
"""

import torch
from torch import nn


def reparameterize(mean, log_var, epsilon):
    variance = log_var.exp()
    z = mean + variance**0.5 * epsilon
    return z


def divergence(mean, log_var):
    variance = torch.exp(log_var)
    return (mean**2 + variance - 1) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    per_pixel = nn.BCELoss(reduction="none")(reconstructions, x_real)
    return [torch.mean(torch.sum(per_pixel, 1)), torch.mean(torch.sum(divergence(mean, log_var), 1))]


def warm_up(step, warm_up_steps, beta):
    if warm_up_steps == 0:
        return beta
    return beta * min(1, step / warm_up_steps)
