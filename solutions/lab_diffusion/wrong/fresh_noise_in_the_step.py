"""Wrong: draws noise of its own instead of z.

check: step_back_is_that_of_the_reverse_chain
mistake: own-noise
"""

import numpy as np
import torch
from torch import nn


def add_noise(x_0, t, epsilon, alpha_bar):
    signal = torch.sqrt(alpha_bar).index_select(0, t)[:, None]
    noise = torch.sqrt(1.0 - alpha_bar).index_select(0, t)[:, None]
    return torch.addcmul(signal * x_0, noise, epsilon)


def cosine_schedule(T, s=0.008):
    steps = np.linspace(0, 1, T + 1)
    f = np.cos((steps + s) / (1 + s) * np.pi / 2) ** 2
    return torch.from_numpy(f / f[0]).float()


mse = nn.MSELoss()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    eps_hat = model(x_t, t)
    return mse(eps_hat, epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha_t = alpha_bar[t] / alpha_bar[t - 1]
    mean = (x_t - (1 - alpha_t) / torch.sqrt(1 - alpha_bar[t]) * predicted) / torch.sqrt(alpha_t)
    if t == 1:
        return mean
    return torch.normal(mean, torch.sqrt(1 - alpha_t))
