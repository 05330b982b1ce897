"""Wrong: summed over the images.

check: losses_are_in_nats_per_image
mistake: sum-over-images
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    std = log_var.mul(0.5).exp_()
    return epsilon.mul(std).add_(mean)


def divergence(mean, log_var):
    return (mean.square() + log_var.exp() - 1 - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    return F.binary_cross_entropy(reconstructions, x_real, reduction="none").sum(), divergence(mean, log_var).sum()


def warm_up(step, warm_up_steps, beta):
    try:
        return beta * min(1.0, step / warm_up_steps)
    except ZeroDivisionError:
        return beta
