"""Right: terse, with the last step handled by multiplying with a truth value."""

import torch


def add_noise(x_0, t, epsilon, alpha_bar):
    return torch.lerp(torch.zeros_like(x_0), x_0, alpha_bar[t, None].sqrt()) + epsilon * (1 - alpha_bar[t, None]).sqrt()


def cosine_schedule(T, s=0.008):
    angles = torch.linspace(s / (1 + s), 1, T + 1, dtype=torch.double) * (torch.pi / 2)
    return angles.cos().square() / angles[0].cos().square()


def noise_loss(model, x_0, t, epsilon, alpha_bar):
    return torch.dist(model(add_noise(x_0, t, epsilon, alpha_bar), t), epsilon) ** 2 / epsilon.numel()


def denoise_step(x_t, t, predicted, z, alpha_bar):
    alphas = alpha_bar[1:] / alpha_bar[:-1]
    alpha = alphas[t - 1]  # alphas[0] belongs to t = 1
    beta = 1 - alpha
    return (x_t - predicted * beta / (1 - alpha_bar[t]) ** 0.5) / alpha ** 0.5 + z * beta ** 0.5 * int(t != 1)
