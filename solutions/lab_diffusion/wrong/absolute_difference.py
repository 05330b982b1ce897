"""Wrong: takes the absolute difference.

check: loss_compares_the_noise
mistake: absolute-error
"""

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    share = alpha_bar[t].unsqueeze(1)  # (n, 1)
    return share.sqrt() * x_0 + (1 - share).sqrt() * epsilon


def cosine_schedule(T, s=0.008):
    # cos^2(x) = (1 + cos(2x)) / 2
    t = torch.linspace(0, T, T + 1, dtype=torch.float64)
    f = (1 + torch.cos(torch.pi * (t / T + s) / (1 + s))) / 2
    return (f / f[0]).to(torch.float32)


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    eps_hat = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    return (eps_hat - epsilon).abs().mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    # first what the clean image seems to be, then the posterior mean of equation 7 in the paper
    bar, bar_before = alpha_bar[t], alpha_bar[t - 1]
    beta = 1 - bar / bar_before
    x_0 = (x_t - (1 - bar).sqrt() * predicted) / bar.sqrt()
    mean = bar_before.sqrt() * beta / (1 - bar) * x_0
    mean = mean + (1 - beta).sqrt() * (1 - bar_before) / (1 - bar) * x_t
    return mean + (t > 1) * beta.sqrt() * z
