"""Wrong: the logarithm of the variance is kept in [-5, 5].

check: divergence_is_that_of_two_normals
mistake: log-var-clamped
"""

import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    std = log_var.mul(0.5).exp_()
    return epsilon.mul(std).add_(mean)


def divergence(mean, log_var):
    log_var = log_var.clamp(-5, 5)  # so that nothing explodes
    return (mean.square() + log_var.exp() - 1 - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    likelihood = -F.binary_cross_entropy(reconstructions, x_real, reduction="none")
    return -likelihood.sum(1).mean(), divergence(mean, log_var).sum(1).mean()


def warm_up(step, warm_up_steps, beta):
    if step < warm_up_steps:
        return step / warm_up_steps * beta
    else:
        return beta
