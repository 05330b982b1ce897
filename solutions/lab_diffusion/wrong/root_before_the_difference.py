"""Wrong: takes the root of alpha_bar first and subtracts it from 1.

check: noisy_image_is_in_closed_form
mistake: one-minus-the-root
also: one-minus-the-root
"""

import numpy as np
import torch
from torch import nn


def add_noise(x_0, t, epsilon, alpha_bar):
    a = torch.sqrt(alpha_bar[t]).reshape(-1, 1)
    return x_0 * a + epsilon * (1 - a)


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
    beta_t = 1.0 - alpha_t
    noise_scale = torch.sqrt(beta_t) if t > 1 else torch.zeros(())
    coefficient = beta_t / torch.sqrt(1.0 - alpha_bar[t])
    return torch.rsqrt(alpha_t) * (x_t - coefficient * predicted) + noise_scale * z
