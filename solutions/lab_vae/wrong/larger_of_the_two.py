"""Wrong: takes the larger one in place of the smaller one.

check: weight_rises_and_stays
mistake: no-warm-up
"""

import torch


def reparameterize(mean, log_var, epsilon):
    variance = log_var.exp()
    z = mean + variance**0.5 * epsilon
    return z


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p)


def vae_losses(x_real, reconstructions, mean, log_var):
    x, p = x_real, reconstructions
    rec = -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)
    kl = divergence(mean, log_var).sum(dim=1)
    return rec.mean(), kl.mean()


def warm_up(step, warm_up_steps, beta):
    return beta * max(1.0, step / warm_up_steps) if warm_up_steps > 0 else beta
