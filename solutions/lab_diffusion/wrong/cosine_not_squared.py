"""Wrong: forgets the square.

check: schedule_is_the_cosine
mistake: square-forgotten
"""

from math import sqrt

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    a = alpha_bar.gather(0, t).view(-1, *[1] * (x_0.dim() - 1))
    return a ** 0.5 * x_0 + (1 - a) ** 0.5 * epsilon


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1) / T
    f = torch.cos((t + s) / (1 + s) * torch.pi / 2)
    return f / f[0]


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    noisy = add_noise(x_0, t, epsilon, alpha_bar)
    per_image = (epsilon - model(noisy, t)).pow(2).mean(dim=1)
    return per_image.mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a_bar = float(alpha_bar[t])
    a = a_bar / float(alpha_bar[t - 1])
    b = 1 - a
    out = (x_t - b / sqrt(1 - a_bar) * predicted) / sqrt(a)
    if t > 1:
        out = out + sqrt(b) * z
    return out
