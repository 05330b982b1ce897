"""Wrong: compares the prediction with the image.

check: loss_compares_the_noise
mistake: image-as-target
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
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    denoised = model(x_t, t)
    return ((denoised - x_0) ** 2).mean()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    a_bar = float(alpha_bar[t])
    a = a_bar / float(alpha_bar[t - 1])
    b = 1 - a
    out = (x_t - b / sqrt(1 - a_bar) * predicted) / sqrt(a)
    if t > 1:
        out = out + sqrt(b) * z
    return out
