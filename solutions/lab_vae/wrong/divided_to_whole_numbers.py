"""Wrong: divides with //, so nothing rises.

check: weight_rises_and_stays
mistake: weight-jumps
"""

import math

import torch
import torch.nn.functional as F


def reparameterize(mu, logvar, eps):
    return mu + eps * math.e ** (logvar / 2)


def divergence(mean, log_var):
    return -0.5 * (1 + log_var - mean.pow(2) - log_var.exp())


def vae_losses(x_real, reconstructions, mean, log_var):
    cross_entropy = F.binary_cross_entropy(reconstructions, x_real, reduction="none")
    return cross_entropy.sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    if warm_up_steps == 0:
        return beta
    return beta * min(1, step // warm_up_steps)
