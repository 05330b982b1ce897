"""Wrong: takes sigma where its square belongs.

check: divergence_is_that_of_two_normals
mistake: deviation-for-variance
"""

import torch
from torch import nn


def reparameterize(mean, log_var, epsilon):
    return mean + (log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    sigma = torch.exp(log_var / 2)
    return 0.5 * (mean**2 + sigma - 1 - log_var)


def vae_losses(x_real, reconstructions, mean, log_var):
    per_pixel = nn.BCELoss(reduction="none")(reconstructions, x_real)
    return [torch.mean(torch.sum(per_pixel, 1)), torch.mean(torch.sum(divergence(mean, log_var), 1))]


def warm_up(step, warm_up_steps, beta):
    return beta if step >= warm_up_steps else beta * step / warm_up_steps
