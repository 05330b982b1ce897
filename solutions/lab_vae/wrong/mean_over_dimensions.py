"""Wrong: mean over dimensions.

check: losses_are_in_nats_per_image
mistake: mean-over-dimensions
"""

import math

import torch
import torch.nn.functional as F


def reparameterize(mu, logvar, eps):
    return mu + eps * math.e ** (logvar / 2)


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p)


def vae_losses(x_real, reconstructions, mean, log_var):
    return F.binary_cross_entropy(reconstructions, x_real, reduction="none").sum(1).mean(), divergence(mean, log_var).mean()


def warm_up(step, warm_up_steps, beta):
    try:
        return beta * min(1.0, step / warm_up_steps)
    except ZeroDivisionError:
        return beta
