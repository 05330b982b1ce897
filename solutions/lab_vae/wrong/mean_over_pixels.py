"""Wrong: mean over pixels.

check: losses_are_in_nats_per_image
mistake: mean-over-pixels
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    std = log_var.mul(0.5).exp_()
    return epsilon.mul(std).add_(mean)


def divergence(mean, log_var):
    # expm1(x) = exp(x) - 1
    return (mean * mean + torch.expm1(log_var) - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    return F.binary_cross_entropy(reconstructions, x_real, reduction="none").mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    share = step / warm_up_steps if warm_up_steps else 1.0
    if share > 1:
        share = 1.0
    return share * beta
