"""Wrong: has T numbers, for t = 0 to T - 1.

check: schedule_is_the_cosine
mistake: wrong-shape
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
    f = []
    for t in range(T):
        f.append(torch.cos(torch.tensor((t / T + s) / (1 + s) * torch.pi / 2)) ** 2)
    f = torch.stack(f)
    return f / f[0]


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    guess = model(add_noise(x_0, t, epsilon, alpha_bar), t)
    diff = guess - epsilon
    return (diff * diff).sum() / diff.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha_t = alpha_bar[t] / alpha_bar[t - 1]
    beta_t = 1.0 - alpha_t
    noise_scale = torch.sqrt(beta_t) if t > 1 else torch.zeros(())
    coefficient = beta_t / torch.sqrt(1.0 - alpha_bar[t])
    return torch.rsqrt(alpha_t) * (x_t - coefficient * predicted) + noise_scale * z
