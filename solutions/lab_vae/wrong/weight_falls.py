"""Wrong: lets the weight fall.

check: weight_rises_and_stays
mistake: weight-falls
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    sigma = torch.sqrt(torch.exp(log_var))
    return epsilon * sigma + mean


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p)


def vae_losses(x_real, reconstructions, mean, log_var):
    n = x_real.shape[0]
    bce = F.binary_cross_entropy(reconstructions, x_real, reduction="sum") / n
    kl = divergence(mean, log_var).sum() / n
    return bce, kl


def warm_up(step, warm_up_steps, beta):
    if warm_up_steps == 0:
        return beta
    return beta * max(0, 1 - step / warm_up_steps)
