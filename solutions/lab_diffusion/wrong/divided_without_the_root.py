"""Wrong: divides beta by 1 - alpha_bar, not by its root.

check: step_back_is_that_of_the_reverse_chain
mistake: roots-forgotten
also: roots-forgotten
"""

import math

import torch
import torch.nn.functional as F


def add_noise(x_0, t, epsilon, alpha_bar):
    share = alpha_bar[t].unsqueeze(1)  # (n, 1)
    return share.sqrt() * x_0 + (1 - share).sqrt() * epsilon


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1)
    f = torch.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    return f / f[0]


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    return F.mse_loss(model(x_t, t), epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a_bar = alpha_bar[t]
    a = a_bar / alpha_bar[t - 1]
    mean = (x_t - (1 - a) / (1 - a_bar) * predicted) / a.sqrt()
    noise = (1 - a).sqrt() * z if t > 1 else 0
    return mean + noise
