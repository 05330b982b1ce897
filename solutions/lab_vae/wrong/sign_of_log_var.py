"""Wrong: one over sigma.

check: z_is_a_sample
mistake: sign-of-log-var
"""

import torch
from torch import nn


def reparameterize(mean, log_var, epsilon):
    return mean + (-log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p)


def vae_losses(x_real, reconstructions, mean, log_var):
    per_pixel = nn.BCELoss(reduction="none")(reconstructions, x_real)
    return [torch.mean(torch.sum(per_pixel, 1)), torch.mean(torch.sum(divergence(mean, log_var), 1))]


def warm_up(step, warm_up_steps, beta):
    share = step / warm_up_steps if warm_up_steps else 1.0
    if share > 1:
        share = 1.0
    return share * beta
