"""Wrong: the root of the second factor is forgotten.

check: noisy_image_is_in_closed_form
mistake: root-of-the-noise-forgotten
also: root-of-the-noise-forgotten
"""

import torch
import torch.nn.functional as F


def add_noise(x_0, t, epsilon, alpha_bar):
    abar = alpha_bar[t][:, None]
    signal = abar ** 0.5 * x_0
    noise = (1 - abar) * epsilon
    return signal + noise


def cosine_schedule(T, s=0.008):
    # cos^2(x) = (1 + cos(2x)) / 2
    t = torch.linspace(0, T, T + 1, dtype=torch.float64)
    f = (1 + torch.cos(torch.pi * (t / T + s) / (1 + s))) / 2
    return (f / f[0]).to(torch.float32)


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    return F.mse_loss(model(x_t, t), epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    # first what the clean image seems to be, then the posterior mean of equation 7 in the paper
    bar, bar_before = alpha_bar[t], alpha_bar[t - 1]
    beta = 1 - bar / bar_before
    x_0 = (x_t - (1 - bar).sqrt() * predicted) / bar.sqrt()
    mean = bar_before.sqrt() * beta / (1 - bar) * x_0
    mean = mean + (1 - beta).sqrt() * (1 - bar_before) / (1 - bar) * x_t
    return mean + (t > 1) * beta.sqrt() * z
