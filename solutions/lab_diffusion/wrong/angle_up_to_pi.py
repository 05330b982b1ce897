"""Wrong: lets the angle go up to pi.

check: schedule_is_the_cosine
mistake: pi-for-half-pi
"""

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    a = alpha_bar.gather(0, t).view(-1, *[1] * (x_0.dim() - 1))
    return a ** 0.5 * x_0 + (1 - a) ** 0.5 * epsilon


def cosine_schedule(T, s=0.008):
    x = torch.linspace(0, T, T + 1)
    f = torch.cos((x / T + s) / (1 + s) * torch.pi) ** 2
    return f / f[0]


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    noisy = add_noise(x_0, t, epsilon, alpha_bar)
    per_image = (epsilon - model(noisy, t)).pow(2).mean(dim=1)
    return per_image.mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha = alpha_bar[t] / alpha_bar[t - 1]
    beta = 1 - alpha
    mean = (x_t - beta / (1 - alpha_bar[t]).sqrt() * predicted) / alpha.sqrt()
    if t == 1:
        return mean
    return mean + beta.sqrt() * z
