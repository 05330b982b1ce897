"""Right: signs and order of the paper."""

import torch


def reparameterize(mean, log_var, epsilon):
    std = torch.exp(0.5 * log_var)
    return mean + std * epsilon


def divergence(mean, log_var):
    return -0.5 * (1 + log_var - mean.pow(2) - log_var.exp())


def vae_losses(x_real, reconstructions, mean, log_var):
    x, p = x_real, reconstructions
    rec = -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)
    kl = divergence(mean, log_var).sum(dim=1)
    return rec.mean(), kl.mean()


def warm_up(step, warm_up_steps, beta):
    if step < warm_up_steps:
        return step / warm_up_steps * beta
    else:
        return beta
