"""Wrong: the variance multiplies the noise.

check: z_is_a_sample
mistake: variance-for-deviation
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + log_var.exp() * epsilon


def divergence(mean, log_var):
    sigma2 = log_var.exp()
    return 0.5 * mean**2 + 0.5 * sigma2 - 0.5 - 0.5 * log_var


def vae_losses(x_real, reconstructions, mean, log_var):
    n = x_real.shape[0]
    bce = F.binary_cross_entropy(reconstructions, x_real, reduction="sum") / n
    kl = divergence(mean, log_var).sum() / n
    return bce, kl


def warm_up(step, warm_up_steps, beta):
    share = step / warm_up_steps if warm_up_steps else 1.0
    if share > 1:
        share = 1.0
    return share * beta
