"""Wrong: sums over the pixels, as the VAE does, and averages over images.

check: loss_compares_the_noise
mistake: sum-over-pixels
"""

from math import cos, pi, sqrt

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    signal = torch.sqrt(alpha_bar).index_select(0, t)[:, None]
    noise = torch.sqrt(1.0 - alpha_bar).index_select(0, t)[:, None]
    return torch.addcmul(signal * x_0, noise, epsilon)


def cosine_schedule(T, s=0.008):
    def f(t):
        return cos((t / T + s) / (1 + s) * pi / 2) ** 2

    return torch.tensor([f(t) / f(0) for t in range(T + 1)])


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    error = model(add_noise(x_0, t, epsilon, alpha_bar), t) - epsilon
    return error.square().sum(1).mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a_bar = float(alpha_bar[t])
    a = a_bar / float(alpha_bar[t - 1])
    b = 1 - a
    out = (x_t - b / sqrt(1 - a_bar) * predicted) / sqrt(a)
    if t > 1:
        out = out + sqrt(b) * z
    return out
