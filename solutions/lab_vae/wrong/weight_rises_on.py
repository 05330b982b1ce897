"""Wrong: it rises beyond beta.

check: weight_rises_and_stays
mistake: weight-rises-on
"""

import torch
from torch import nn


def reparameterize(mean, log_var, epsilon):
    variance = log_var.exp()
    z = mean + variance**0.5 * epsilon
    return z


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p)


def vae_losses(x_real, reconstructions, mean, log_var):
    per_pixel = nn.BCELoss(reduction="none")(reconstructions, x_real)
    return [torch.mean(torch.sum(per_pixel, 1)), torch.mean(torch.sum(divergence(mean, log_var), 1))]


def warm_up(step, warm_up_steps, beta):
    return beta * step / warm_up_steps if warm_up_steps else beta
