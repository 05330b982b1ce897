"""Wrong: leaves the offset out.

check: schedule_is_the_cosine
mistake: offset-ignored
"""

from math import sqrt

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    # one image after the other, so I can see what happens
    out = torch.empty_like(x_0)
    for i in range(len(x_0)):
        a = alpha_bar[t[i]].item()
        out[i] = sqrt(a) * x_0[i] + sqrt(1 - a) * epsilon[i]
    return out


def cosine_schedule(T, s=0.008):
    # s is so small that it makes no difference
    return torch.cos(torch.linspace(0, 1, T + 1) * torch.pi / 2) ** 2


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    guess = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    diff = guess - epsilon
    return (diff * diff).sum() / diff.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    # first what the clean image seems to be, then the posterior mean of equation 7 in the paper
    bar, bar_before = alpha_bar[t], alpha_bar[t - 1]
    beta = 1 - bar / bar_before
    x_0 = (x_t - (1 - bar).sqrt() * predicted) / bar.sqrt()
    mean = bar_before.sqrt() * beta / (1 - bar) * x_0
    mean = mean + (1 - beta).sqrt() * (1 - bar_before) / (1 - bar) * x_t
    return mean + (t > 1) * beta.sqrt() * z
