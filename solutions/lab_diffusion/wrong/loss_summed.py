"""Wrong: sums over images and pixels.

check: loss_compares_the_noise
mistake: sum-instead-of-mean
"""

import math
from math import sqrt

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    # one image after the other, so I can see what happens
    out = torch.empty_like(x_0)
    for i in range(len(x_0)):
        a = alpha_bar[t[i]].item()
        out[i] = sqrt(a) * x_0[i] + sqrt(1 - a) * epsilon[i]
    return out


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1)
    f = torch.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    return f / f[0]


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    return torch.sum((model(x_t, t) - epsilon) ** 2)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha = alpha_bar[t] / alpha_bar[t - 1]
    beta = 1 - alpha
    mean = (x_t - beta / (1 - alpha_bar[t]).sqrt() * predicted) / alpha.sqrt()
    if t == 1:
        return mean
    return mean + beta.sqrt() * z
