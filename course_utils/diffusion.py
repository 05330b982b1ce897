"""The network of a denoising diffusion model, and the chain that draws images with it.

This is course material, for the class lab on diffusion (Ho, Jain and Abbeel, 2020, "Denoising Diffusion Probabilistic
Models"; Nichol and Dhariwal, 2021, "Improved Denoising Diffusion Probabilistic Models"). Time runs over t = 0, ..., T:
x_0 is an image with pixels in [-1, 1], x_T is nearly pure noise. A schedule is the tensor `alpha_bar` of T + 1 numbers,
so that `alpha_bar[t]` is the share of the image in the variance of x_t, and `alpha_bar[0]` is 1. How noise is
added, what the network is trained for, and how one step back is taken, is the lab's.
"""

import math
from collections.abc import Callable, Collection

import torch
from torch import Tensor, nn

from course_utils.models import Generative, mlp_layers, require_positive

TIME_FEATURES = 32  # sines and cosines of t that the network sees
MAX_BETA = 0.999  # Nichol and Dhariwal (2021), section 3.2: a step that keeps nothing cannot be taken back

SMALLEST_SPREAD = 0.02  # of a guess of a pixel in [-1, 1]; keeps the noise finite where t is 0

DenoiseStep = Callable[..., Tensor]  # (x_t, t, predicted, z, alpha_bar) -> x_{t-1}


def linear_schedule(steps: int) -> Tensor:
    """alpha_bar, (steps + 1,), of Ho et al. (2020): beta rises linearly from 0.0001 to 0.02 in 1000 steps.

    For another number of steps both ends are scaled by 1000 / steps, so that as much noise is added in all.

    Raises:
        ValueError: `steps` is less than 21; the last beta would be larger than 1.
    """
    if steps < 21:
        raise ValueError(f"steps must be 21 or more, got {steps}")
    beta = torch.linspace(0.0001, 0.02, steps, dtype=torch.float64) * (1000 / steps)
    return torch.cat([torch.ones(1, dtype=torch.float64), (1 - beta).cumprod(0)]).float()


def limit_betas(alpha_bar: Tensor, largest: float = MAX_BETA) -> Tensor:
    """The schedule with every beta, 1 - alpha_bar[t] / alpha_bar[t - 1], held below `largest`."""
    exact = alpha_bar.double()
    alpha = (exact[1:] / exact[:-1]).clamp(min=1 - largest)
    return torch.cat([exact[:1], alpha.cumprod(0)]).float()


def respace(alpha_bar: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """A schedule of fewer steps over the same noise levels, as in Nichol and Dhariwal (2021), section 4.

    Returns:
        the times that are kept, int64 (steps + 1,), from 0 to T, and alpha_bar at them.

    Raises:
        ValueError: `steps` is not between 1 and T.
    """
    if not 1 <= steps < len(alpha_bar):
        raise ValueError(f"steps must be between 1 and {len(alpha_bar) - 1}, got {steps}")
    times = torch.linspace(0, len(alpha_bar) - 1, steps + 1, dtype=torch.float64).round().long()
    return times, alpha_bar[times]


class Denoiser(nn.Module):
    """From noisy images x_t and their times t to the noise in them, (n, pixels) -> (n, pixels).

    An MLP sees the image and 32 sines and cosines of t / T. To carry 784 numbers of noise through its hidden layers it
    would have to be wide, so it says two things of each pixel instead: a guess m of the clean value, from -1 to 1, and
    how far off that may be, s, up to 1. If the clean value is normal with this mean and deviation, then by the rule of
    Bayes the best guess of the noise in x_t = a x_0 + b epsilon is b (x_t - a m) / (a^2 s^2 + b^2).

    Raises:
        ValueError: `number_of_hidden_layers` is negative or a size is not positive.
    """

    alpha_bar: Tensor

    def __init__(self, number_of_hidden_layers: int, input_size: int, hidden_size: int, alpha_bar: Tensor) -> None:
        super().__init__()
        require_positive(input_size=input_size, hidden_size=hidden_size)
        inputs = input_size + TIME_FEATURES
        self.net = nn.Sequential(*mlp_layers(number_of_hidden_layers, inputs, hidden_size, 2 * input_size, nn.SiLU))
        self.register_buffer("alpha_bar", alpha_bar.float())

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        share = self.alpha_bar[t].unsqueeze(1)  # (n, 1)
        features = time_features(t / (len(self.alpha_bar) - 1))  # (n, TIME_FEATURES)
        guess, doubt = self.net(torch.cat([x_t, features], dim=1)).chunk(2, dim=1)  # (n, pixels) each
        a, b = share.sqrt(), (1 - share).sqrt()  # (n, 1) each
        spread = SMALLEST_SPREAD + (1 - SMALLEST_SPREAD) * doubt.sigmoid()
        return b * (x_t - a * guess.tanh()) / ((a * spread).square() + b.square())


def time_features(u: Tensor) -> Tensor:
    """Sines and cosines of u in [0, 1], from a quarter of a period to 32 periods: (n,) -> (n, TIME_FEATURES)."""
    frequencies = math.pi * 2 ** torch.linspace(-1, 6, TIME_FEATURES // 2, device=u.device)
    angles = u.unsqueeze(1) * frequencies  # (n, TIME_FEATURES / 2)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class ReverseChain(nn.Module):
    """From pure noise x_T, (n, pixels), to images in [0, 1], (n, pixels): `denoise_step` T times, from t = T to 1.

    Before each step the predicted noise is corrected where it would mean a clean image with pixels outside of [-1, 1].
    The noise of the steps follows from x_T, so that equal x_T give equal images.

    Args:
        denoiser: predicts the noise in x_t.
        denoise_step: (x_t, t, predicted, z, alpha_bar) -> x_{t-1}, all images at the same t.
        steps: how many steps to take; by default all of the schedule of the denoiser, else it is respaced.
        noise_scale: z is multiplied with it; 1 for the right chain.
    """

    def __init__(
        self, denoiser: Denoiser, denoise_step: DenoiseStep, steps: int | None = None, noise_scale: float = 1.0
    ) -> None:
        super().__init__()
        self.denoiser = denoiser
        self.denoise_step = denoise_step
        self.noise_scale = noise_scale
        self.times, self.alpha_bar = respace(denoiser.alpha_bar, steps or len(denoiser.alpha_bar) - 1)

    def forward(self, x: Tensor) -> Tensor:
        return to_unit(self.follow(x)[-1][1])

    @torch.no_grad()
    def follow(self, x: Tensor, kept: Collection[int] = ()) -> list[tuple[int, Tensor, Tensor]]:
        """The way from x_T, (n, pixels), to x_0.

        Returns:
            for the steps to be kept, and for the end: how many steps are left, x_t, and the clean image that the
            network sees in it, both in [-1, 1] or near it.
        """
        random = torch.Generator().manual_seed(int(x.flatten()[0].cpu().view(torch.int32)) & 0x7FFFFFFF)
        way = []
        clean = torch.zeros_like(x)
        for left in range(len(self.times) - 1, 0, -1):
            share = self.alpha_bar[left]
            t = self.times[left].to(x.device).expand(len(x))  # (n,)
            predicted = self.denoiser(x, t)  # (n, pixels)
            clean = ((x - (1 - share).sqrt() * predicted) / share.sqrt()).clamp(-1, 1)
            predicted = (x - share.sqrt() * clean) / (1 - share).sqrt()
            if left in kept:
                way.append((left, x, clean))
            z = self.noise_scale * torch.randn(x.shape, generator=random).to(x.device)
            x = self.denoise_step(x, left, predicted, z, self.alpha_bar)
        return [*way, (0, x, clean)]


class DiffusionModel(Generative):
    """A denoiser with the chain that draws images from z = x_T ~ N(0, I), which is as wide as an image.

    Attributes:
        denoiser: predicts the noise in x_t.
        generator: G, the reverse chain, (n, pixels) -> (n, pixels).
        latent_size: the number of pixels.
    """

    generator: ReverseChain

    def __init__(self, denoiser: Denoiser, generator: ReverseChain, latent_size: int) -> None:
        super().__init__()
        self.denoiser, self.generator, self.latent_size = denoiser, generator, latent_size


def to_signed(images: Tensor) -> Tensor:
    """Pixels from [0, 1] to [-1, 1]."""
    return 2 * images - 1


def to_unit(x: Tensor) -> Tensor:
    """Pixels from [-1, 1] to [0, 1]; what lies outside is cut off."""
    return ((x + 1) / 2).clamp(0, 1)
