"""Wrong: writes the noisy image into its argument.

check: noisy_image_is_in_closed_form
mistake: argument-changed
"""

import math

import torch
from torch import nn


def add_noise(x_0, t, epsilon, alpha_bar):
    a = alpha_bar[t].unsqueeze(1)
    x_0 *= a.sqrt()
    x_0 += (1 - a).sqrt() * epsilon
    return x_0


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1)
    f = torch.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    return f / f[0]


mse = nn.MSELoss()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    eps_hat = model(x_t, t)
    return mse(eps_hat, epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha = alpha_bar[t] / alpha_bar[t - 1]
    beta = 1 - alpha
    mean = (x_t - beta / (1 - alpha_bar[t]).sqrt() * predicted) / alpha.sqrt()
    if t == 1:
        return mean
    return mean + beta.sqrt() * z
