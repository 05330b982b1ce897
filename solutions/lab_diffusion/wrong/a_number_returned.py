"""Wrong: returns a number of Python, which cannot be differentiated.

check: loss_compares_the_noise
mistake: wrong-type
"""

from math import cos, pi, sqrt

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    a = alpha_bar.gather(0, t).view(-1, *[1] * (x_0.dim() - 1))
    return a ** 0.5 * x_0 + (1 - a) ** 0.5 * epsilon


def cosine_schedule(T, s=0.008):
    def f(t):
        return cos((t / T + s) / (1 + s) * pi / 2) ** 2

    return torch.tensor([f(t) / f(0) for t in range(T + 1)])


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    loss = ((model(x_t, t) - epsilon) ** 2).mean()
    return loss.item()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a_bar = float(alpha_bar[t])
    a = a_bar / float(alpha_bar[t - 1])
    b = 1 - a
    out = (x_t - b / sqrt(1 - a_bar) * predicted) / sqrt(a)
    if t > 1:
        out = out + sqrt(b) * z
    return out
