"""Wrong: mixes with alpha_bar itself, without the roots.

check: noisy_image_is_in_closed_form
mistake: roots-forgotten
also: roots-forgotten
"""

from math import cos, pi, sqrt

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    weight = alpha_bar[t].view(-1, 1)
    # a weighted mean of image and noise
    return weight * x_0 + (1 - weight) * epsilon


def cosine_schedule(T, s=0.008):
    def f(t):
        return cos((t / T + s) / (1 + s) * pi / 2) ** 2

    return torch.tensor([f(t) / f(0) for t in range(T + 1)])


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    guess = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    diff = guess - epsilon
    return (diff * diff).sum() / diff.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a_bar = float(alpha_bar[t])
    a = a_bar / float(alpha_bar[t - 1])
    b = 1 - a
    out = (x_t - b / sqrt(1 - a_bar) * predicted) / sqrt(a)
    if t > 1:
        out = out + sqrt(b) * z
    return out
