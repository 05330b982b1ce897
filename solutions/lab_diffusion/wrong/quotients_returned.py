"""Wrong: returns the alphas of the single steps.

check: schedule_is_the_cosine
mistake: alpha-for-alpha-bar
"""

from math import sqrt

import torch
import torch.nn.functional as F


def add_noise(x_0, t, epsilon, alpha_bar):
    share = alpha_bar[t].unsqueeze(1)  # (n, 1)
    return share.sqrt() * x_0 + (1 - share).sqrt() * epsilon


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1)
    f = torch.cos((t / T + s) / (1 + s) * torch.pi / 2) ** 2
    bars = f / f[0]
    alphas = torch.ones(T + 1)
    alphas[1:] = bars[1:] / bars[:-1]
    return alphas


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    return F.mse_loss(model(x_t, t), epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a_bar = float(alpha_bar[t])
    a = a_bar / float(alpha_bar[t - 1])
    b = 1 - a
    out = (x_t - b / sqrt(1 - a_bar) * predicted) / sqrt(a)
    if t > 1:
        out = out + sqrt(b) * z
    return out
