"""Wrong: image and noise have changed places.

check: noisy_image_is_in_closed_form
mistake: image-and-noise-exchanged
also: image-and-noise-exchanged
"""

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    noise_part = alpha_bar[t].sqrt()
    image_part = (1 - alpha_bar[t]).sqrt()
    return image_part[:, None] * x_0 + noise_part[:, None] * epsilon


def cosine_schedule(T, s=0.008):
    # cos^2(x) = (1 + cos(2x)) / 2
    t = torch.linspace(0, T, T + 1, dtype=torch.float64)
    f = (1 + torch.cos(torch.pi * (t / T + s) / (1 + s))) / 2
    return (f / f[0]).to(torch.float32)


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    noisy = add_noise(x_0, t, epsilon, alpha_bar)
    per_image = (epsilon - model(noisy, t)).pow(2).mean(dim=1)
    return per_image.mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    # first what the clean image seems to be, then the posterior mean of equation 7 in the paper
    bar, bar_before = alpha_bar[t], alpha_bar[t - 1]
    beta = 1 - bar / bar_before
    x_0 = (x_t - (1 - bar).sqrt() * predicted) / bar.sqrt()
    mean = bar_before.sqrt() * beta / (1 - bar) * x_0
    mean = mean + (1 - beta).sqrt() * (1 - bar_before) / (1 - bar) * x_t
    return mean + (t > 1) * beta.sqrt() * z
