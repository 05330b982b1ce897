"""Wrong: ignores epsilon and draws noise of its own.

check: noisy_image_is_in_closed_form
mistake: own-noise
also: own-noise
"""

from math import cos, pi, sqrt

import torch
from torch import nn


def add_noise(x_0, t, epsilon, alpha_bar):
    epsilon = torch.randn_like(x_0)
    a = alpha_bar[t].unsqueeze(1)
    return a.sqrt() * x_0 + (1 - a).sqrt() * epsilon


def cosine_schedule(T, s=0.008):
    def f(t):
        return cos((t / T + s) / (1 + s) * pi / 2) ** 2

    return torch.tensor([f(t) / f(0) for t in range(T + 1)])


mse = nn.MSELoss()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    eps_hat = model(x_t, t)
    return mse(eps_hat, epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a_bar = float(alpha_bar[t])
    a = a_bar / float(alpha_bar[t - 1])
    b = 1 - a
    out = (x_t - b / sqrt(1 - a_bar) * predicted) / sqrt(a)
    if t > 1:
        out = out + sqrt(b) * z
    return out
