"""Wrong: computes the prediction under no_grad.

check: loss_compares_the_noise
mistake: gradient-cut
"""

import numpy as np
import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    a = alpha_bar.gather(0, t).view(-1, *[1] * (x_0.dim() - 1))
    return a ** 0.5 * x_0 + (1 - a) ** 0.5 * epsilon


def cosine_schedule(T, s=0.008):
    steps = np.linspace(0, 1, T + 1)
    f = np.cos((steps + s) / (1 + s) * np.pi / 2) ** 2
    return torch.from_numpy(f / f[0]).float()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    with torch.no_grad():
        eps_hat = model(x_t, t)
    return ((eps_hat - epsilon) ** 2).mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha_t = alpha_bar[t] / alpha_bar[t - 1]
    beta_t = 1.0 - alpha_t
    noise_scale = torch.sqrt(beta_t) if t > 1 else torch.zeros(())
    coefficient = beta_t / torch.sqrt(1.0 - alpha_bar[t])
    return torch.rsqrt(alpha_t) * (x_t - coefficient * predicted) + noise_scale * z
