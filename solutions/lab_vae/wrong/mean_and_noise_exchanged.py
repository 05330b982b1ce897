"""Wrong: mean and noise have changed places.

check: z_is_a_sample
mistake: mean-and-noise-exchanged
"""

import torch


def reparameterize(mean, log_var, epsilon):
    return (log_var / 2).exp() + mean * epsilon


def divergence(mean, log_var):
    # expm1(x) = exp(x) - 1
    return (mean * mean + torch.expm1(log_var) - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    x, p = x_real, reconstructions
    rec = -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)
    kl = divergence(mean, log_var).sum(dim=1)
    return rec.mean(), kl.mean()


def warm_up(step, warm_up_steps, beta):
    share = step / warm_up_steps if warm_up_steps else 1.0
    if share > 1:
        share = 1.0
    return share * beta
