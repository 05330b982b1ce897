"""Wrong: does not divide by the root of alpha.

check: step_back_is_that_of_the_reverse_chain
mistake: not-divided-by-the-root-of-alpha
also: not-divided-by-the-root-of-alpha
"""

from math import cos, pi

import torch
from torch import nn


def add_noise(x_0, t, epsilon, alpha_bar):
    signal = torch.sqrt(alpha_bar).index_select(0, t)[:, None]
    noise = torch.sqrt(1.0 - alpha_bar).index_select(0, t)[:, None]
    return torch.addcmul(signal * x_0, noise, epsilon)


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
    beta = 1 - alpha_bar[t] / alpha_bar[t - 1]
    x = x_t - beta / (1 - alpha_bar[t]).sqrt() * predicted
    if t > 1:
        x = x + beta.sqrt() * z
    return x
