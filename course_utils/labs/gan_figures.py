"""The figures of the class lab on generative adversarial networks, large enough to be projected.

This is course material for a lab. What they show is measured in `course_utils.labs.gan`.
"""

import io
from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
import torch
from IPython.display import Image
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from course_utils.labs.gan import MODES, SIGMA, EarlyGradients, OptimalGame, Scores, covered_modes, ring_centers
from course_utils.model_figure import COLORS, INK, MUTED, tidy
from course_utils.models import Generative, device_of
from course_utils.plotting import as_squares
from course_utils.training import History

RUNS = ("#c1121f", "#e9a03b", COLORS["E"], COLORS["D"])  # of several training runs, in their order
SMOOTHED = 5  # looks at the scores that a drawn one averages


def show_optimal_discriminator(game: OptimalGame) -> Figure:
    """The two densities, and below them the best D and a trained one."""
    figure, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(8, 5.2), layout="constrained")
    for density, color, name in (
        (game.data, COLORS["E"], "$p_{data}$"),
        (game.generated, COLORS["G"], "$p_G$"),
    ):
        upper.fill_between(game.x, density, color=color, alpha=0.25, lw=0)
        upper.plot(game.x, density, color=color, lw=2.5, label=name)
    upper.set_ylabel("density")
    upper.set_ylim(0, 0.55)
    lower.axhline(0.5, color=MUTED, lw=1, ls=":")
    lower.plot(game.x, game.best, color=INK, lw=5, alpha=0.3, label="$D^*$, the best")
    lower.plot(game.x, game.trained, color=COLORS["D"], lw=2.5, label="$D$, trained")
    lower.set(xlabel="$x$", ylabel="score", ylim=(-0.03, 1.03), xlim=(-3.5, 3.5))
    for axes in (upper, lower):
        _tidy(axes)
        axes.legend(frameon=False, fontsize=13, loc="upper right")
    figure.suptitle(
        f"$V(D^*, G)$ = {game.best_value:.3f},   trained: $V(D, G)$ = {game.trained_value:.3f}".replace("-", "−"),
        color=INK,
        fontsize=14,
    )
    plt.close(figure)
    return figure


def show_generator_losses() -> Figure:
    """Both losses of G, and their slopes, over the logit a of D: its score is sigmoid(a)."""
    a = torch.linspace(-8, 6, 400, dtype=torch.float64)
    score = a.sigmoid()
    figure, grid = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    curves = (
        ("saturating:  $\\log(1 - D(G(z)))$", "#c1121f", (1 - score).log(), -score),
        ("non-saturating:  $-\\log D(G(z))$", COLORS["E"], -score.log(), score - 1),
    )
    for axes, title, place in zip(grid, ("loss of $G$", "its derivative with respect to $a$"), (2, 3), strict=True):
        axes.axvspan(-8, -3, color=COLORS["D"], alpha=0.1, lw=0)
        for curve in curves:
            axes.plot(a, curve[place], color=curve[1], lw=3, label=curve[0])
        axes.axhline(0, color=MUTED, lw=1)
        axes.set_title(title, color=INK, fontsize=14)
        axes.set_xlabel("logit $a$ of $D$;  $D(G(z)) = \\sigma(a)$")
        axes.set_xlim(-8, 6)
        _tidy(axes)
        below = axes.secondary_xaxis(-0.2)
        ticks = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99)
        below.set_xticks([float(np.log(p / (1 - p))) for p in ticks], [f"{p:g}" for p in ticks], fontsize=10)
        below.set_xlabel("score $D(G(z))$", fontsize=13)
        below.spines[:].set_visible(False)
        below.tick_params(colors=INK, length=0)
    grid[1].set_ylim(-1.1, 0.15)
    grid[0].text(-5.5, -5.5, "early in training:\n$D$ is sure", color=COLORS["D"], fontsize=12, ha="center")
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False, fontsize=13)
    plt.close(figure)
    return figure


def show_early_gradients(measured: EarlyGradients) -> Figure:
    """What reaches G from either loss, after each step of a D that learns alone."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), width_ratios=(1, 1.5), layout="constrained")
    steps = range(len(measured.scores))
    marker = "o" if len(steps) <= 20 else None
    left.plot(steps, measured.scores, color=COLORS["D"], lw=3, marker=marker)
    left.set_title("mean score $D(G(z))$", color=INK, fontsize=14)
    left.set_ylim(0, None)
    for name, color, norms in (
        ("non-saturating", COLORS["E"], measured.non_saturating),
        ("saturating", "#c1121f", measured.saturating),
    ):
        right.plot(steps, norms, color=color, lw=3, marker=marker, label=name)
    right.set_yscale("log")
    right.set_title("norm of the gradient that reaches $G$", color=INK, fontsize=14)
    right.legend(frameon=False, fontsize=13)
    for axes in (left, right):
        axes.set_xlabel("steps of $D$ alone")
        _tidy(axes)
    plt.close(figure)
    return figure


def show_scores(runs: Mapping[str, Scores]) -> Figure:
    """D's mean scores on real and generated in the course of each run, smoothed over some looks."""
    figure, grid = plt.subplots(
        1, len(runs), squeeze=False, sharey=True, figsize=(0.8 + 4.2 * len(runs), 3.8), layout="constrained"
    )
    for axes, (name, scores) in zip(grid[0], runs.items(), strict=True):
        for values, color, label in (
            (scores.real, COLORS["E"], "real, $D(x)$"),
            (scores.fake, COLORS["G"], "generated, $D(G(z))$"),
        ):
            steps, smooth = _smooth(scores.steps), _smooth(values)
            axes.plot(steps, smooth, color=color, lw=2, label=label, marker="o" if len(steps) < 10 else None)
        axes.axhline(0.5, color=MUTED, lw=1.5, ls=":")
        axes.set_title(name, color=INK, fontsize=14)
        axes.set_xlabel("step")
        axes.set_ylim(-0.02, 1.02)
        _tidy(axes)
    grid[0, 0].set_ylabel("mean score")
    labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(*labels, loc="outside upper center", ncols=2, frameon=False, fontsize=13)
    plt.close(figure)
    return figure


def show_ring(runs: Mapping[str, History], snapshots: int = 5) -> Figure:
    """What G makes of the same latent vectors in the course of each run: a row for each run, covered modes counted."""
    figure, grid = plt.subplots(
        len(runs), snapshots, squeeze=False, figsize=(2.3 * snapshots + 1, 2.75 * len(runs)), layout="constrained"
    )
    for row, (name, history) in zip(grid, runs.items(), strict=True):
        epochs = np.linspace(0, len(history.samples) - 1, snapshots).round().astype(int)
        for axes, epoch in zip(row, epochs, strict=True):
            _draw_points(axes, _ring_prepared(axes), _as_points(history.samples[epoch]), int(epoch))
        row[0].set_ylabel(name, color=INK, fontsize=13)
    plt.close(figure)
    return figure


def animate_ring(runs: Mapping[str, History], frames_per_second: int = 5, max_frames: int = 49) -> Image:
    """A GIF of the runs side by side: the same latent vectors from before training to the last epoch."""
    figure, row = plt.subplots(1, len(runs), squeeze=False, figsize=(3.2 * len(runs), 3.7), layout="constrained")
    panels = [(axes, _ring_prepared(axes)) for axes in row[0]]
    last = max(len(history.samples) for history in runs.values()) - 1
    for axes, name in zip(row[0], runs, strict=True):
        axes.set_xlabel(name, color=INK, fontsize=13)
    canvas = FigureCanvasAgg(figure)
    frames = []
    for epoch in np.unique(np.linspace(0, last, min(max_frames, last + 1)).round().astype(int)):
        for (axes, dots), history in zip(panels, runs.values(), strict=True):
            shown = min(int(epoch), len(history.samples) - 1)
            _draw_points(axes, dots, _as_points(history.samples[shown]), shown)
        canvas.draw()
        figure.set_layout_engine("none")  # laid out once: every frame has the same places
        frames.append(PIL.Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").quantize(32))
    durations = [1000 // frames_per_second] * len(frames)
    durations[-1] = 2500  # rest on the last epoch before it starts again
    gif = io.BytesIO()
    frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    plt.close(figure)
    return Image(data=gif.getvalue(), format="gif")


def show_coverage(runs: Mapping[str, History]) -> Figure:
    """The number of covered modes of the ring over the epochs of each run."""
    figure, axes = plt.subplots(figsize=(9, 3.8), layout="constrained")
    for (name, history), color in zip(runs.items(), RUNS, strict=False):
        counts = [int(covered_modes(_as_points(samples)).sum()) for samples in history.samples]
        axes.plot(range(len(counts)), counts, color=color, lw=2.5, marker="o", ms=4, label=name)
    axes.set(xlabel="epoch", ylabel="covered modes", ylim=(-0.3, MODES + 0.3), yticks=range(0, MODES + 1, 2))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    _tidy(axes)
    axes.legend(frameon=False, fontsize=12, loc="upper left", bbox_to_anchor=(1, 1))
    plt.close(figure)
    return figure


@torch.no_grad()
def show_many_samples(models: Mapping[str, Generative], side: int = 6, seed: int = 0) -> Figure:
    """side * side samples G(z) of each model, all from the same latent vectors where these are equally wide."""
    figure, row = plt.subplots(1, len(models), squeeze=False, figsize=(3.7 * len(models), 4.1), layout="constrained")
    for axes, (name, model) in zip(row[0], models.items(), strict=True):
        z = torch.randn(side * side, model.latent_size, generator=torch.Generator().manual_seed(seed))
        images = as_squares(model.generator(z.to(device_of(model))))  # (side * side, 28, 28)
        padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
        height = padded.shape[1]
        mosaic = padded.reshape(side, side, height, height).transpose(0, 2, 1, 3).reshape(side * height, side * height)
        axes.imshow(mosaic, cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(name, color=INK, fontsize=14)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color("#d5d8dc")
    plt.close(figure)
    return figure


def _ring_prepared(axes: Axes) -> PathCollection:
    """Axes with the modes of the data as circles; returns the dots that will show samples."""
    for center in ring_centers():
        axes.add_patch(Circle(tuple(center.tolist()), 3 * SIGMA, facecolor=COLORS["E"], alpha=0.25, lw=0))
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color("#d5d8dc")
    return axes.scatter([], [], s=9, color=COLORS["G"], alpha=0.6, lw=0)


def _draw_points(axes: Axes, dots: PathCollection, points: Tensor, epoch: int) -> None:
    dots.set_offsets(points.numpy())
    axes.set_title(f"epoch {epoch}:  {int(covered_modes(points).sum())} of {MODES}", color=INK, fontsize=13)


def _as_points(samples: Tensor) -> Tensor:
    """Stored samples, uint8 (n, 2), as points of the unit square."""
    return samples.float() / 255


def _smooth(values: list[int] | list[float]) -> list[float]:
    """Means of successive values; as they are where there are few."""
    width = SMOOTHED if len(values) >= 4 * SMOOTHED else 1
    return [sum(values[start : start + width]) / width for start in range(0, len(values) - width + 1, width)]


def _tidy(axes: Axes) -> None:
    """In the type of three panels beside each other."""
    tidy(axes)
    axes.tick_params(labelsize=11)
    axes.xaxis.label.set_fontsize(13)
    axes.yaxis.label.set_fontsize(13)
