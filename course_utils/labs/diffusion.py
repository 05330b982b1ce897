"""The class lab on denoising diffusion: an experiment on the forward process, the loss at each time, and figures.

This is course material. The network and the reverse chain are in `course_utils.diffusion`, rows of images in
`course_utils.labs.latents`.
"""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course_utils.diffusion import Denoiser, DiffusionModel
from course_utils.model_figure import COLORS, INK, MUTED, tidy
from course_utils.quality import FEW, sample_images
from course_utils.training import is_shortened

PALETTE = (COLORS["G"], COLORS["E"], COLORS["D"])
SOME = 2000  # samples that are compared with each other only


def add_noise_step_by_step(x_0: float, alpha_bar: Tensor, times: Sequence[int], draws: int = 100_000) -> Tensor:
    """One pixel of value x_0, noised one step after the other, many times: the mean and the deviation at some times.

    Nothing of the closed form is used.

    Returns:
        float64 (len(times), 2)
    """
    random = torch.Generator().manual_seed(0)
    x = torch.full((draws,), x_0, dtype=torch.float64)
    found = {}
    for t in range(1, len(alpha_bar)):
        beta = 1 - (alpha_bar[t] / alpha_bar[t - 1]).double()
        x = (1 - beta).sqrt() * x + beta.sqrt() * torch.randn(draws, generator=random, dtype=torch.float64)
        found[t] = torch.stack([x.mean(), x.std()])
    return torch.stack([found[t] for t in times])


def show_schedules(schedules: Mapping[str, Tensor]) -> Figure:
    """Two views of schedules (T + 1,): alpha_bar, and beta, the variance of the noise of each step."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
    for (name, alpha_bar), color in zip(schedules.items(), PALETTE, strict=False):
        beta = 1 - alpha_bar[1:] / alpha_bar[:-1]
        left.plot(range(len(alpha_bar)), alpha_bar, color=color, lw=2.5, label=name)
        right.plot(range(1, len(alpha_bar)), beta, color=color, lw=2.5, label=name)
    left.set(xlabel="t", ylabel=r"$\bar{\alpha}_t$", title="How much of the image is left")
    right.set(xlabel="t", ylabel=r"$\beta_t$", yscale="log", title="How much noise each step adds")
    for axes in (left, right):
        axes.title.set_color(INK)
        tidy(axes)
    left.legend(frameon=False, fontsize=12)
    plt.close(figure)
    return figure


@torch.no_grad()
def losses_by_time(denoiser: Denoiser, images: Tensor, add_noise: Callable[..., Tensor]) -> Tensor:
    """The mean squared error of the predicted noise at each t = 1, ..., T, on images (n, pixels) in [-1, 1]: (T,)."""
    device = denoiser.alpha_bar.device
    x_0, random = images.to(device), torch.Generator().manual_seed(0)
    losses = []
    for t in range(1, len(denoiser.alpha_bar)):
        epsilon = torch.randn(images.shape, generator=random).to(device)
        times = torch.full((len(images),), t, device=device)
        x_t = add_noise(x_0, times, epsilon, denoiser.alpha_bar)
        losses.append((denoiser(x_t, times) - epsilon).square().mean().cpu())
    return torch.stack(losses)


def show_losses_by_time(losses: Tensor, alpha_bar: Tensor) -> Figure:
    """The error of the predicted noise over t, beside that of the best guess x_t times a number."""
    times = range(1, len(losses) + 1)
    figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
    axes.plot(times, alpha_bar[1:].cpu(), color=MUTED, lw=2, ls=":", label="a multiple of $x_t$")
    axes.plot(times, losses, color=COLORS["E"], lw=2.5, label="the network")
    axes.set(xlabel="t", ylabel="mean squared error", ylim=(0, 1.05))
    axes.set_title("How well the noise is predicted, on test images", color=INK)
    tidy(axes)
    axes.legend(frameon=False, fontsize=12)
    plt.close(figure)
    return figure


def sample_some(model: DiffusionModel) -> Tensor:
    """2000 samples, (2000, 784), or few where a run is shortened; the same x_T for every chain."""
    return sample_images(model, FEW if is_shortened() else SOME)


def show_numbers_of_steps(distances: Mapping[int, float]) -> Figure:
    """The Fréchet distance of samples over the number of steps that they took."""
    figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
    axes.plot(list(distances), list(distances.values()), color=COLORS["G"], lw=2.5, marker="o", ms=7)
    for steps, distance in distances.items():
        axes.annotate(f"{distance:.0f}", (steps, distance), (0, 9), textcoords="offset points", ha="center", color=INK)
    axes.set(xscale="log", xlabel="steps, each a pass of the network", ylabel="Fréchet distance")
    axes.set_xticks(list(distances), [str(steps) for steps in distances])
    axes.minorticks_off()
    axes.set_ylim(0, 1.15 * max(distances.values()))
    tidy(axes)
    plt.close(figure)
    return figure
