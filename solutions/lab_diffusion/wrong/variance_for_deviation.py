"""Wrong: multiplies z with the variance.

check: step_back_is_that_of_the_reverse_chain
mistake: variance-for-deviation
"""

import numpy as np
import torch
import torch.nn.functional as F


def add_noise(x_0, t, epsilon, alpha_bar):
    share = alpha_bar[t].unsqueeze(1)  # (n, 1)
    return share.sqrt() * x_0 + (1 - share).sqrt() * epsilon


def cosine_schedule(T, s=0.008):
    steps = np.linspace(0, 1, T + 1)
    f = np.cos((steps + s) / (1 + s) * np.pi / 2) ** 2
    return torch.from_numpy(f / f[0]).float()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    return F.mse_loss(model(x_t, t), epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a = alpha_bar[t] / alpha_bar[t - 1]
    sigma = 1 - a
    x = (x_t - (1 - a) / torch.sqrt(1 - alpha_bar[t]) * predicted) / torch.sqrt(a)
    if t > 1:
        x = x + sigma * z
    return x
