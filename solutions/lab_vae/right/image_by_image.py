"""Right: one image after the other, and in-place arithmetic on copies."""

import numpy as np
import torch
import torch.nn.functional as F


def reparameterize(mean, log_var, epsilon):
    std = log_var.mul(0.5).exp_()
    return epsilon.mul(std).add_(mean)


def divergence(mean, log_var):
    # expm1(x) = exp(x) - 1
    return (mean * mean + torch.expm1(log_var) - log_var) / 2


def vae_losses(x_real, reconstructions, mean, log_var):
    rec, kl = [], []
    for i in range(len(x_real)):  # image by image
        rec.append(F.binary_cross_entropy(reconstructions[i], x_real[i], reduction="sum"))
        kl.append(divergence(mean[i], log_var[i]).sum())
    return torch.stack(rec).mean(), torch.stack(kl).mean()


def warm_up(step, warm_up_steps, beta):
    if not warm_up_steps:
        return beta
    return float(np.interp(step, [0, warm_up_steps], [0, beta]))
