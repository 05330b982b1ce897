"""Wrong: returns how much noise there is, rising from 0 to 1.

check: schedule_is_the_cosine
mistake: one-minus-alpha-bar
"""

import torch
from torch import nn


def add_noise(x_0, t, epsilon, alpha_bar):
    signal = torch.sqrt(alpha_bar).index_select(0, t)[:, None]
    noise = torch.sqrt(1.0 - alpha_bar).index_select(0, t)[:, None]
    return torch.addcmul(signal * x_0, noise, epsilon)


def cosine_schedule(T, s=0.008):
    t = torch.arange(T + 1)
    f = torch.cos((t / T + s) / (1 + s) * torch.pi / 2) ** 2
    return 1 - f / f[0]


mse = nn.MSELoss()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    eps_hat = model(x_t, t)
    return mse(eps_hat, epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    # first what the clean image seems to be, then the posterior mean of equation 7 in the paper
    bar, bar_before = alpha_bar[t], alpha_bar[t - 1]
    beta = 1 - bar / bar_before
    x_0 = (x_t - (1 - bar).sqrt() * predicted) / bar.sqrt()
    mean = bar_before.sqrt() * beta / (1 - bar) * x_0
    mean = mean + (1 - beta).sqrt() * (1 - bar_before) / (1 - bar) * x_t
    return mean + (t > 1) * beta.sqrt() * z
