"""Wrong: gives the cross-entropy its arguments in the wrong order.

check: losses_are_in_nats_per_image
mistake: arguments-exchanged
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    std = log_var.mul(0.5).exp_()
    return epsilon.mul(std).add_(mean)


def divergence(mu, log_var):
    std = torch.exp(log_var / 2)
    return -torch.log(std) + (mu**2 + std**2) / 2 - 1 / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    rec = F.binary_cross_entropy(x_real, reconstructions.detach(), reduction="none") + 0 * reconstructions
    return rec.sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    if step < warm_up_steps:
        return step / warm_up_steps * beta
    else:
        return beta
