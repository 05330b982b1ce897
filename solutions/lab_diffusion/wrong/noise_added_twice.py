"""Wrong: adds the predicted noise.

check: step_back_is_that_of_the_reverse_chain
mistake: wrong-sign
also: wrong-sign
"""

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    a = alpha_bar.gather(0, t).view(-1, *[1] * (x_0.dim() - 1))
    return a ** 0.5 * x_0 + (1 - a) ** 0.5 * epsilon


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
    alpha = alpha_bar[t] / alpha_bar[t - 1]
    beta = 1 - alpha
    mean = (x_t + beta / (1 - alpha_bar[t]).sqrt() * predicted) / alpha.sqrt()
    return mean + (beta.sqrt() * z if t > 1 else 0)
