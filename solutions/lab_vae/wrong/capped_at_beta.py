"""Wrong: rises by 1 and not by beta.

check: weight_rises_and_stays
mistake: beta-forgotten
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    sigma = torch.sqrt(torch.exp(log_var))
    return epsilon * sigma + mean


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p)


def vae_losses(x_real, reconstructions, mean, log_var):
    rec, kl = [], []
    for i in range(len(x_real)):  # image by image
        rec.append(F.binary_cross_entropy(reconstructions[i], x_real[i], reduction="sum"))
        kl.append(divergence(mean[i], log_var[i]).sum())
    return torch.stack(rec).mean(), torch.stack(kl).mean()


def warm_up(step, warm_up_steps, beta):
    return min(beta, step / warm_up_steps) if warm_up_steps else beta
