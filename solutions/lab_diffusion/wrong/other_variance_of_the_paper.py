"""Wrong: takes the variance of the posterior.

check: step_back_is_that_of_the_reverse_chain
mistake: posterior-variance
"""

from math import cos, sqrt

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    # one image after the other, so I can see what happens
    out = torch.empty_like(x_0)
    for i in range(len(x_0)):
        a = alpha_bar[t[i]].item()
        out[i] = sqrt(a) * x_0[i] + sqrt(1 - a) * epsilon[i]
    return out


def cosine_schedule(T, s=0.008):
    # cos^2(x) = (1 + cos(2x)) / 2
    t = torch.linspace(0, T, T + 1, dtype=torch.float64)
    f = (1 + torch.cos(torch.pi * (t / T + s) / (1 + s))) / 2
    return (f / f[0]).to(torch.float32)


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    guess = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    diff = guess - epsilon
    return (diff * diff).sum() / diff.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    bar, before = alpha_bar[t], alpha_bar[t - 1]
    beta = 1 - bar / before
    sigma = torch.sqrt(beta * (1 - before) / (1 - bar))  # 0 for t = 1, no if needed
    mean = (x_t - beta / torch.sqrt(1 - bar) * predicted) / torch.sqrt(1 - beta)
    return mean + sigma * z
