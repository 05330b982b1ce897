"""Wrong: takes alpha_bar for alpha everywhere.

check: step_back_is_that_of_the_reverse_chain
mistake: alpha-for-alpha-bar
"""

import torch
from torch import nn


def add_noise(x_0, t, epsilon, alpha_bar):
    signal = torch.sqrt(alpha_bar).index_select(0, t)[:, None]
    noise = torch.sqrt(1.0 - alpha_bar).index_select(0, t)[:, None]
    return torch.addcmul(signal * x_0, noise, epsilon)


def cosine_schedule(T, s=0.008):
    # cos^2(x) = (1 + cos(2x)) / 2
    t = torch.linspace(0, T, T + 1, dtype=torch.float64)
    f = (1 + torch.cos(torch.pi * (t / T + s) / (1 + s))) / 2
    return (f / f[0]).to(torch.float32)


mse = nn.MSELoss()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    eps_hat = model(x_t, t)
    return mse(eps_hat, epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha = alpha_bar[t]
    beta = 1 - alpha
    mean = (x_t - beta / beta.sqrt() * predicted) / alpha.sqrt()
    return mean if t == 1 else mean + beta.sqrt() * z
