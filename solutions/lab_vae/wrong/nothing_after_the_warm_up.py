"""Wrong: returns nothing once the warm-up is over.

check: weight_rises_and_stays
mistake: wrong-type
"""

import torch


def reparameterize(mean, log_var, epsilon):
    sigma = torch.sqrt(torch.exp(log_var))
    return epsilon * sigma + mean


def divergence(mean, log_var):
    # expm1(x) = exp(x) - 1
    return (mean * mean + torch.expm1(log_var) - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    x, p = x_real, reconstructions
    rec = -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)
    kl = divergence(mean, log_var).sum(dim=1)
    return rec.mean(), kl.mean()


def warm_up(step, warm_up_steps, beta):
    if warm_up_steps == 0:
        return beta
    if step < warm_up_steps:
        return beta * step / warm_up_steps
