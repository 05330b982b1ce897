"""Wrong: the logarithm multiplies the noise.

check: z_is_a_sample
mistake: logarithm-for-deviation
"""

import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    return mean + log_var * epsilon


def divergence(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p)


def vae_losses(x_real, reconstructions, mean, log_var):
    pixels, dims = x_real.shape[1], mean.shape[1]
    # .mean() divides by too much, so multiply
    return F.binary_cross_entropy(reconstructions, x_real) * pixels, divergence(mean, log_var).mean() * dims


def warm_up(step, warm_up_steps, beta):
    if step < warm_up_steps:
        return step / warm_up_steps * beta
    else:
        return beta
