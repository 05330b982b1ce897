"""Wrong: takes 1 for beta where there is no warm-up.

check: no_warm_up_is_possible
mistake: beta-forgotten
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + (log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    # expm1(x) = exp(x) - 1
    return (mean * mean + torch.expm1(log_var) - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    rec, kl = [], []
    for i in range(len(x_real)):  # image by image
        rec.append(F.binary_cross_entropy(reconstructions[i], x_real[i], reduction="sum"))
        kl.append(divergence(mean[i], log_var[i]).sum())
    return torch.stack(rec).mean(), torch.stack(kl).mean()


def warm_up(step, warm_up_steps, beta):
    if warm_up_steps == 0:
        return 1.0
    return min(1.0, step / warm_up_steps) * beta
