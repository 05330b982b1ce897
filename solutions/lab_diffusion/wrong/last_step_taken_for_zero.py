"""Wrong: expects the last step at t = 0.

check: last_step_adds_no_noise
mistake: noise-at-the-last-step
"""

from math import cos, pi

import torch
import torch.nn.functional as F


def add_noise(x_0, t, epsilon, alpha_bar):
    share = alpha_bar[t].unsqueeze(1)  # (n, 1)
    return share.sqrt() * x_0 + (1 - share).sqrt() * epsilon


def cosine_schedule(T, s=0.008):
    def f(t):
        return cos((t / T + s) / (1 + s) * pi / 2) ** 2

    return torch.tensor([f(t) / f(0) for t in range(T + 1)])


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    return F.mse_loss(model(x_t, t), epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    if t == 0:
        z = torch.zeros_like(z)
    alpha_t = alpha_bar[t] / alpha_bar[t - 1]
    beta_t = 1 - alpha_t
    return (x_t - beta_t / (1 - alpha_bar[t]) ** 0.5 * predicted) / alpha_t ** 0.5 + beta_t ** 0.5 * z
