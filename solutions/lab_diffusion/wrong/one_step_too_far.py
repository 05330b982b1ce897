"""Wrong: uses the numbers of t - 1.

check: step_back_is_that_of_the_reverse_chain
mistake: t-off-by-one
also: not-finite
"""

from math import cos, pi, sqrt

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    # one image after the other, so I can see what happens
    out = torch.empty_like(x_0)
    for i in range(len(x_0)):
        a = alpha_bar[t[i]].item()
        out[i] = sqrt(a) * x_0[i] + sqrt(1 - a) * epsilon[i]
    return out


def cosine_schedule(T, s=0.008):
    def f(t):
        return cos((t / T + s) / (1 + s) * pi / 2) ** 2

    return torch.tensor([f(t) / f(0) for t in range(T + 1)])


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    guess = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    diff = guess - epsilon
    return (diff * diff).sum() / diff.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    i = t - 1
    alpha = alpha_bar[i] / alpha_bar[i - 1]
    beta = 1 - alpha
    x = (x_t - beta / (1 - alpha_bar[i]).sqrt() * predicted) / alpha.sqrt()
    if t > 1:
        x += beta.sqrt() * z
    return x
