"""Wrong: removes all the noise in one step.

check: step_back_is_that_of_the_reverse_chain
mistake: all-noise-removed
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
    guess = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    diff = guess - epsilon
    return (diff * diff).sum() / diff.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a = alpha_bar[t] / alpha_bar[t - 1]
    clean = x_t - (1 - alpha_bar[t]).sqrt() * predicted
    return clean / a.sqrt() + ((1 - a).sqrt() * z if t > 1 else 0)
