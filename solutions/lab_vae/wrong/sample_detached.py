"""Wrong: the gradient is cut.

check: z_is_a_sample
mistake: gradient-cut
"""

import torch
from torch import nn


def reparameterize(mean, log_var, epsilon):
    return (mean + (log_var / 2).exp() * epsilon).detach()


def divergence(mu, log_var):
    std = torch.exp(log_var / 2)
    return -torch.log(std) + (mu**2 + std**2) / 2 - 1 / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    per_pixel = nn.BCELoss(reduction="none")(reconstructions, x_real)
    return [torch.mean(torch.sum(per_pixel, 1)), torch.mean(torch.sum(divergence(mean, log_var), 1))]


def warm_up(step, warm_up_steps, beta):
    if step < warm_up_steps:
        return step / warm_up_steps * beta
    else:
        return beta
