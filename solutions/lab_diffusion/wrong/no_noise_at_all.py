"""Wrong: never adds noise.

check: step_back_is_that_of_the_reverse_chain
mistake: noise-left-out
"""

from math import sqrt

import numpy as np
import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    # one image after the other, so I can see what happens
    out = torch.empty_like(x_0)
    for i in range(len(x_0)):
        a = alpha_bar[t[i]].item()
        out[i] = sqrt(a) * x_0[i] + sqrt(1 - a) * epsilon[i]
    return out


def cosine_schedule(T, s=0.008):
    steps = np.linspace(0, 1, T + 1)
    f = np.cos((steps + s) / (1 + s) * np.pi / 2) ** 2
    return torch.from_numpy(f / f[0]).float()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    guess = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    diff = guess - epsilon
    return (diff * diff).sum() / diff.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    # removing noise, so none should be added
    alpha = alpha_bar[t] / alpha_bar[t - 1]
    return (x_t - (1 - alpha) / (1 - alpha_bar[t]).sqrt() * predicted) / alpha.sqrt()
