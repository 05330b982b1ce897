"""Wrong: the mean is not squared.

check: divergence_is_that_of_two_normals
mistake: mean-not-squared
"""

import math

import torch
import torch.nn.functional as F


def reparameterize(mu, logvar, eps):
    return mu + eps * math.e ** (logvar / 2)


def divergence(mean, log_var):
    return (mean + log_var.exp() - 1 - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    cross_entropy = F.binary_cross_entropy(reconstructions, x_real, reduction="none")
    return cross_entropy.sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    return beta if step >= warm_up_steps else beta * step / warm_up_steps
