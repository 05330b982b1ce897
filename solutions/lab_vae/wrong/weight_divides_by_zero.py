"""Wrong: no warm-up divides by 0.

check: no_warm_up_is_possible
mistake: function-raises
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    std = torch.exp(0.5 * log_var)
    return mean + std * epsilon


def divergence(mu, log_var):
    std = torch.exp(log_var / 2)
    return -torch.log(std) + (mu**2 + std**2) / 2 - 1 / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    rec, kl = [], []
    for i in range(len(x_real)):  # image by image
        rec.append(F.binary_cross_entropy(reconstructions[i], x_real[i], reduction="sum"))
        kl.append(divergence(mean[i], log_var[i]).sum())
    return torch.stack(rec).mean(), torch.stack(kl).mean()


def warm_up(step, warm_up_steps, beta):
    return beta * min(1, step / warm_up_steps)
