"""Wrong: does not divide by f(0).

check: schedule_is_the_cosine
mistake: not-divided
"""

import torch
import torch.nn.functional as F


def add_noise(x_0, t, epsilon, alpha_bar):
    share = alpha_bar[t].unsqueeze(1)  # (n, 1)
    return share.sqrt() * x_0 + (1 - share).sqrt() * epsilon


def cosine_schedule(T, s=0.008):
    t = torch.arange(0, T + 1)
    inner = (t / T + s) / (1 + s)
    return torch.cos(inner * torch.pi / 2).square()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    x_t = add_noise(x_0, t, epsilon, alpha_bar)
    return F.mse_loss(model(x_t, t), epsilon)


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alpha_t = alpha_bar[t] / alpha_bar[t - 1]
    beta_t = 1.0 - alpha_t
    noise_scale = torch.sqrt(beta_t) if t > 1 else torch.zeros(())
    coefficient = beta_t / torch.sqrt(1.0 - alpha_bar[t])
    return torch.rsqrt(alpha_t) * (x_t - coefficient * predicted) + noise_scale * z
