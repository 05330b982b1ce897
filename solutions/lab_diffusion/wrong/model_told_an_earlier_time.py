"""Wrong: tells the model t - 1.

check: loss_compares_the_noise
mistake: t-off-by-one
"""

import math

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    signal = torch.sqrt(alpha_bar).index_select(0, t)[:, None]
    noise = torch.sqrt(1.0 - alpha_bar).index_select(0, t)[:, None]
    return torch.addcmul(signal * x_0, noise, epsilon)


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1)
    f = torch.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    return f / f[0]


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    eps_hat = model(x_t, t - 1)  # the network counts from 0
    return ((eps_hat - epsilon) ** 2).mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha = alpha_bar[t] / alpha_bar[t - 1]
    beta = 1 - alpha
    mean = (x_t - beta / (1 - alpha_bar[t]).sqrt() * predicted) / alpha.sqrt()
    if t == 1:
        return mean
    return mean + beta.sqrt() * z
