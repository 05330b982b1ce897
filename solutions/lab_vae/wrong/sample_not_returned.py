"""Wrong: the return statement is missing.

check: z_is_a_sample
mistake: wrong-type
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    mean + (log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    sigma2 = log_var.exp()
    return 0.5 * mean**2 + 0.5 * sigma2 - 0.5 - 0.5 * log_var


def vae_losses(x_real, reconstructions, mean, log_var):
    rec, kl = [], []
    for i in range(len(x_real)):  # image by image
        rec.append(F.binary_cross_entropy(reconstructions[i], x_real[i], reduction="sum"))
        kl.append(divergence(mean[i], log_var[i]).sum())
    return torch.stack(rec).mean(), torch.stack(kl).mean()


def warm_up(step, warm_up_steps, beta):
    share = step / warm_up_steps if warm_up_steps else 1.0
    if share > 1:
        share = 1.0
    return share * beta
