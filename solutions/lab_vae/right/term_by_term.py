"""Right: written out term by term."""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    sigma = torch.sqrt(torch.exp(log_var))
    return epsilon * sigma + mean


def divergence(mean, log_var):
    sigma2 = log_var.exp()
    return 0.5 * mean**2 + 0.5 * sigma2 - 0.5 - 0.5 * log_var


def vae_losses(x_real, reconstructions, mean, log_var):
    x, p = x_real, reconstructions
    return -(x * p.log() + (1 - x) * (1 - p).log()).sum(-1).mean(), divergence(mean, log_var).sum(-1).mean()


def warm_up(step, warm_up_steps, beta):
    if warm_up_steps == 0:
        return beta
    return beta * min(1, step / warm_up_steps)
