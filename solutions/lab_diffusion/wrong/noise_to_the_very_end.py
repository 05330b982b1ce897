"""Wrong: adds noise at the last step, too.

check: last_step_adds_no_noise
mistake: noise-at-the-last-step
"""

import math

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    a = alpha_bar.gather(0, t).view(-1, *[1] * (x_0.dim() - 1))
    return a ** 0.5 * x_0 + (1 - a) ** 0.5 * epsilon


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1)
    f = torch.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    return f / f[0]


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    noisy = add_noise(x_0, t, epsilon, alpha_bar)
    per_image = (epsilon - model(noisy, t)).pow(2).mean(dim=1)
    return per_image.mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha_t = alpha_bar[t] / alpha_bar[t - 1]
    beta_t = 1 - alpha_t
    mean = 1 / alpha_t.sqrt() * (x_t - beta_t / (1 - alpha_bar[t]).sqrt() * predicted)
    return mean + beta_t.sqrt() * z
