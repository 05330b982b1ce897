"""Wrong: the other way round.

check: divergence_is_that_of_two_normals
mistake: divergence-reversed
"""

import torch
from torch import nn


def reparameterize(mean, log_var, epsilon):
    return mean + (log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    return ((1 + mean.square()) / log_var.exp() - 1 + log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    per_pixel = nn.BCELoss(reduction="none")(reconstructions, x_real)
    return [torch.mean(torch.sum(per_pixel, 1)), torch.mean(torch.sum(divergence(mean, log_var), 1))]


def warm_up(step, warm_up_steps, beta):
    if warm_up_steps == 0:
        return beta
    return beta * min(1, step / warm_up_steps)
