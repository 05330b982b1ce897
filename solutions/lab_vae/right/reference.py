"""Right: as the text asks."""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + (log_var / 2).exp() * epsilon


def divergence(mean, log_var):
    return (mean.square() + log_var.exp() - 1 - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    cross_entropy = F.binary_cross_entropy(reconstructions, x_real, reduction="none")
    return cross_entropy.sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    return beta if step >= warm_up_steps else beta * step / warm_up_steps
