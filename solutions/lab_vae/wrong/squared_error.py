"""Wrong: the squared error.

check: losses_are_in_nats_per_image
mistake: squared-error
"""

import torch


def reparameterize(mean, log_var, epsilon):
    std = log_var.mul(0.5).exp_()
    return epsilon.mul(std).add_(mean)


def divergence(mean, log_var):
    return (mean.square() + log_var.exp() - 1 - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    return (x_real - reconstructions).square().sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    if step < warm_up_steps:
        return step / warm_up_steps * beta
    else:
        return beta
