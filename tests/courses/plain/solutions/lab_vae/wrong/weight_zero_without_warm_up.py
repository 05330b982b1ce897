"""Wrong: without a warm-up it is 0.

check: no_warm_up_is_possible
mistake: wrong-value
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + (log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    return (mean.square() + log_var.exp() - 1 - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    cross_entropy = F.binary_cross_entropy(reconstructions, x_real, reduction="none")
    return cross_entropy.sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    return beta * min(1, step / max(warm_up_steps, 1))
