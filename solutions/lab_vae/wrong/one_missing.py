"""Wrong: the term -1 is missing.

check: divergence_is_that_of_two_normals
mistake: one-missing
"""

import numpy as np
import torch


def reparameterize(mean, log_var, epsilon):
    sigma = torch.sqrt(torch.exp(log_var))
    return epsilon * sigma + mean


def divergence(mean, log_var):
    return (mean.square() + log_var.exp() - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    x, p = x_real, reconstructions
    rec = -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)
    kl = divergence(mean, log_var).sum(dim=1)
    return rec.mean(), kl.mean()


def warm_up(step, warm_up_steps, beta):
    if not warm_up_steps:
        return beta
    return float(np.interp(step, [0, warm_up_steps], [0, beta]))
