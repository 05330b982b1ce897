"""The class lab on variational autoencoders: estimates and figures.

This is course material for a lab. The networks are in `course_utils.variational`, figures of latent vectors in
`course_utils.labs.latents`. Losses and divergences are in nats, per image.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from course_utils.labs.autoencoder import generate_all
from course_utils.model_figure import COLORS, INK, MUTED, tidy
from course_utils.models import Generative
from course_utils.variational import active_units

_PALE = "#c9d0d6"


def monte_carlo_divergences(mean: Tensor, log_var: Tensor, draws: int, seed: int = 0) -> Tensor:
    """log q(z) - log p(z) at random z ~ q, for q = N(mean, diag(exp(log_var))) and p = N(0, I).

    Its mean over the draws estimates KL(q || p), without any formula for it.

    Args:
        mean, log_var: (latent_size,), of one image.

    Returns:
        float64 (draws,)
    """
    mean, log_var = mean.detach().double().cpu(), log_var.detach().double().cpu()
    generator = torch.Generator().manual_seed(seed)
    q = torch.distributions.Normal(mean, log_var.div(2).exp())
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    z = q.mean + q.stddev * torch.randn(draws, len(mean), generator=generator, dtype=torch.float64)
    return (q.log_prob(z) - p.log_prob(z)).sum(1)


def show_monte_carlo(estimates: Tensor, closed_form: float) -> Figure:
    """The running mean of single-draw estimates (draws,), with two standard errors, and the closed form as a line."""
    counts = torch.arange(1, len(estimates) + 1, dtype=torch.float64)
    means = estimates.cumsum(0) / counts
    errors = estimates.std() / counts.sqrt()
    figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
    low, high = (means - 2 * errors).numpy(), (means + 2 * errors).numpy()
    axes.fill_between(counts.numpy(), low, high, color=COLORS["E"], alpha=0.2, lw=0, label="two standard errors")
    axes.plot(counts, means, color=COLORS["E"], lw=2, label="mean of the draws")
    axes.axhline(closed_form, color=COLORS["G"], lw=2, ls="--", label=f"closed form: {closed_form:.2f} nats")
    axes.set_xscale("log")
    axes.set_xlim(min(10, len(estimates) / 2), len(estimates))
    start = min(10, len(estimates)) - 1
    axes.set_ylim(low[start], high[start])
    axes.set(xlabel="number of draws z ~ q(z | x)", ylabel="estimated divergence in nats")
    axes.legend(frameon=False, loc="upper right", fontsize=11)
    tidy(axes)
    plt.close(figure)
    return figure


def show_bounds(measured: Mapping[str, tuple[float, float]], title: str = "") -> Figure:
    """Reconstruction and divergence as stacked bars; the number above is their sum, the negative lower bound."""
    figure, axes = plt.subplots(figsize=(8, 0.8 + 0.75 * len(measured)), layout="constrained")
    names = list(measured)
    reconstructions = [reconstruction for reconstruction, _ in measured.values()]
    divergences = [divergence for _, divergence in measured.values()]
    axes.barh(names, reconstructions, color=COLORS["E"], label="reconstruction")
    axes.barh(names, divergences, left=reconstructions, color=COLORS["G"], label="divergence")
    for place, (reconstruction, divergence) in enumerate(measured.values()):
        total = reconstruction + divergence
        inside, outside = f"{reconstruction:.1f}", f"+ {divergence:.1f} = {total:.1f}"
        axes.text(reconstruction / 2, place, inside, color="white", va="center", ha="center", fontsize=11)
        axes.text(total * 1.01, place, outside, color=INK, va="center", fontsize=11)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.25 * max(reconstruction + divergence for reconstruction, divergence in measured.values()))
    axes.set_xlabel("nats per image")
    axes.set_title(title, color=INK)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    tidy(axes)
    axes.grid(visible=False)
    plt.close(figure)
    return figure


def show_tension(points: Mapping[str, tuple[float, float]]) -> Figure:
    """Reconstruction against divergence, one point a model by its name; on a gray line their sum is the same.

    The plane in which Alemi et al. (2018), "Fixing a Broken ELBO", compare models: rate and distortion.
    """
    figure, axes = plt.subplots(figsize=(8, 5.2), layout="constrained")
    values = torch.tensor(list(points.values()), dtype=torch.float64)  # (k, 2)
    reconstructions, divergences = values.T
    right = max(1.0, divergences.max().item()) * 1.2
    spread = max(1.0, (reconstructions.max() - reconstructions.min()).item())
    bottom, top = reconstructions.min().item() - 0.15 * spread, reconstructions.max().item() + 0.15 * spread
    axes.set(xlim=(-0.04 * right, right), ylim=(bottom, top))
    low, high = axes.get_ylim()
    for total in MaxNLocator(9).tick_values(low, high):
        axes.plot([0, right], [total, total - right], color=_PALE, lw=1, zorder=0)
    order = divergences.argsort()
    axes.plot(divergences[order], reconstructions[order], color=COLORS["E"], lw=1.5, alpha=0.6)
    axes.plot(divergences, reconstructions, "o", color=COLORS["E"], ms=10)
    for name, (reconstruction, divergence) in points.items():
        axes.annotate(name, (divergence, reconstruction), (10, 6), textcoords="offset points", color=INK, fontsize=12)
    axes.plot([], [], color=_PALE, lw=1, label="the same sum of both losses")
    axes.legend(frameon=False, loc="upper right", fontsize=11)
    axes.set(xlabel="divergence in nats", ylabel="reconstruction in nats")
    tidy(axes)
    axes.grid(visible=False)
    plt.close(figure)
    return figure


def show_divergences(measured: Mapping[str, Tensor], columns: int = 3) -> Figure:
    """The divergence of each dimension of z in falling order, one panel a model; inactive ones are pale.

    Args:
        measured: for each name (latent_size,), the mean divergence over images, in nats.
    """
    columns = min(columns, len(measured))
    rows = -(-len(measured) // columns)
    size = (4.2 * columns, 0.6 + 2.7 * rows)
    figure, grid = plt.subplots(rows, columns, squeeze=False, sharey=True, figsize=size)
    figure.set_layout_engine("constrained", h_pad=0.12)  # so that a title stays clear of the ticks above it
    for axes, (name, divergences) in zip(grid.flat, measured.items(), strict=False):
        ordered = divergences.detach().sort(descending=True).values
        active = active_units(ordered)
        colors = [COLORS["E"]] * active + [_PALE] * (len(ordered) - active)
        axes.bar(range(1, len(ordered) + 1), ordered.clamp(min=0.01).numpy(), color=colors, width=0.85)
        axes.set_title(f"{name}: {active} active, {ordered.sum():.1f} nats", color=INK, fontsize=11)
        tidy(axes)
    for axes in grid.flat[len(measured) :]:
        axes.axis("off")
    for axes in grid[:, 0]:
        axes.set_ylabel("divergence in nats")
    for axes in grid[-1]:
        axes.set_xlabel("dimension of z, sorted")
    plt.close(figure)
    return figure


def show_schedules(schedules: Mapping[str, Sequence[float]]) -> Figure:
    """The weight of the divergence over the training steps, one curve for each name."""
    figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
    for (name, weights), color in zip(schedules.items(), [COLORS["E"], COLORS["G"], COLORS["D"], MUTED], strict=False):
        axes.plot(weights, color=color, lw=2.5, label=name)
    axes.set(xlabel="training step", ylabel="weight of the divergence")
    axes.set_ylim(bottom=0)
    figure.legend(loc="outside right center", frameon=False)
    tidy(axes)
    plt.close(figure)
    return figure


def draw_traversals(model: Generative, start: Tensor, dimensions: Sequence[int], values: Tensor) -> dict[str, Tensor]:
    """What G draws when one coordinate of a latent vector changes, for `latents.show_rows`.

    Args:
        start: the latent vector, (latent_size,).
        dimensions: which coordinates; each gives one row.
        values: what the coordinate becomes, (k,).

    Returns:
        for each dimension, under a name such as `$z_1$` (counted from 1), the images (k, pixels).
    """
    rows = {}
    for dimension in dimensions:
        here = torch.arange(len(start)) == dimension  # (latent_size,)
        z = torch.where(here, values[:, None], start)  # (k, latent_size)
        rows[f"$z_{{{dimension + 1}}}$"] = generate_all(model, z)
    return rows
