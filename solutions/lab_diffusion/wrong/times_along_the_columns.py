"""Wrong: multiplies each column, not each row, with the number of its t.

check: noisy_image_is_in_closed_form
mistake: along-the-wrong-axis
also: function-raises
"""

import numpy as np
import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    a = alpha_bar[t]
    return torch.sqrt(a) * x_0 + torch.sqrt(1 - a) * epsilon


def cosine_schedule(T, s=0.008):
    steps = np.linspace(0, 1, T + 1)
    f = np.cos((steps + s) / (1 + s) * np.pi / 2) ** 2
    return torch.from_numpy(f / f[0]).float()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    noisy = add_noise(x_0, t, epsilon, alpha_bar)
    per_image = (epsilon - model(noisy, t)).pow(2).mean(dim=1)
    return per_image.mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha_t = alpha_bar[t] / alpha_bar[t - 1]
    beta_t = 1.0 - alpha_t
    noise_scale = torch.sqrt(beta_t) if t > 1 else torch.zeros(())
    coefficient = beta_t / torch.sqrt(1.0 - alpha_bar[t])
    return torch.rsqrt(alpha_t) * (x_t - coefficient * predicted) + noise_scale * z
