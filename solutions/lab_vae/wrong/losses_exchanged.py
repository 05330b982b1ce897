"""Wrong: returns the divergence first.

check: losses_are_in_nats_per_image
mistake: losses-exchanged
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
    kl = divergence(mean, log_var).sum(dim=-1).mean()
    rec = F.binary_cross_entropy(reconstructions, x_real, reduction="none").sum(dim=-1).mean()
    return kl, rec


def warm_up(step, warm_up_steps, beta):
    share = step / warm_up_steps if warm_up_steps else 1.0
    if share > 1:
        share = 1.0
    return share * beta
