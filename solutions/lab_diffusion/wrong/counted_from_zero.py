"""Wrong: counts t from 0, as a list would.

check: noisy_image_is_in_closed_form
mistake: t-off-by-one
also: t-off-by-one
"""

import math

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    idx = t - 1  # python counts from 0
    a = alpha_bar[idx].unsqueeze(-1)
    return a.sqrt() * x_0 + (1 - a).sqrt() * epsilon


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1)
    f = torch.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    return f / f[0]


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    guess = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    diff = guess - epsilon
    return (diff * diff).sum() / diff.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha = alpha_bar[t] / alpha_bar[t - 1]
    beta = 1 - alpha
    mean = (x_t - beta / (1 - alpha_bar[t]).sqrt() * predicted) / alpha.sqrt()
    if t == 1:
        return mean
    return mean + beta.sqrt() * z
