"""Wrong: log_var is taken for log sigma.

check: divergence_is_that_of_two_normals
mistake: log-var-for-log-sigma
"""

import numpy as np
import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + (log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    return (mean.square() + (2 * log_var).exp() - 1 - 2 * log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    pixels, dims = x_real.shape[1], mean.shape[1]
    # .mean() divides by too much, so multiply
    return F.binary_cross_entropy(reconstructions, x_real) * pixels, divergence(mean, log_var).mean() * dims


def warm_up(step, warm_up_steps, beta):
    if not warm_up_steps:
        return beta
    return float(np.interp(step, [0, warm_up_steps], [0, beta]))
