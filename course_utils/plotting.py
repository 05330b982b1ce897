"""The plots of the notebooks: samples, reconstructions, losses, latent vectors over the epochs, gradient map.

This is course material; nothing here is graded. Random latent vectors come from a generator with an explicit
seed, so that a notebook that is run again shows the same figures. Every function returns a `Figure` that is
closed for pyplot, or an `Image`: as the last line of a cell Jupyter shows it, once.
"""

import io
import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
import torch
from IPython.display import Image
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from course_utils.model_figure import COLORS, INK, MUTED, draw_model, tidy
from course_utils.models import Generative, Model, device_of
from course_utils.training import History

__all__ = [
    "animate_latents",
    "draw_model",
    "show_gradient_map",
    "show_losses",
    "show_reconstructions",
    "show_samples",
]

FORBIDDEN = "#c1121f"
SIGNED = LinearSegmentedColormap.from_list("signed", ["#5b3fa0", "#fbfbfb", "#1b7f79"])  # from -1 to 1
LOSS_COLORS = {"discriminator": COLORS["D"], "generator": COLORS["G"]}  # others have the color of E
OPPONENTS = ("discriminator", "generator")  # losses that share an axis


def warm_up_template() -> None:
    """Called where a process is prepared of which one is forked for each submission: all share the drawn picture."""
    draw_model()


def show_samples(model: Generative, seed: int = 0, rows: int = 3, columns: int = 3) -> Figure:
    """A grid of images G(z) of `rows * columns` random z ~ N(0, I)."""
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(rows * columns, model.latent_size, generator=generator)
    with torch.no_grad():
        images = as_squares(model.generator(z.to(device_of(model))))
    figure = draw_grid(images, rows, columns)
    figure.suptitle("Samples $G(z)$", color=INK)
    return figure


def show_reconstructions(model: Model, images: Tensor, n: int = 3) -> Figure:
    """The first n of `images` (b, ...) in [0, 1], with their reconstructions G(E(x)) below."""
    x = images[:n].flatten(1).to(device_of(model))  # (n, pixels)
    with torch.no_grad():
        reconstructions = model.generator(model.encoder(x))
    error = torch.nn.functional.mse_loss(reconstructions, x).item()
    figure = draw_grid(as_squares(torch.cat([x, reconstructions])), 2, len(x))
    for axes, text in zip(figure.axes[:: len(x)], ("$x$", "$G(E(x))$"), strict=True):
        axes.set_ylabel(text, rotation=0, ha="right", va="center", labelpad=8, color=INK, fontsize=12)
    figure.suptitle(f"Mean squared error {error:.4f}", color=INK)
    return figure


def show_losses(history: History) -> Figure:
    """The mean losses of each epoch: the two opponents share a panel, every other loss has one of its own."""
    others = [name for name in history.losses if name not in OPPONENTS]
    game = [name for name in OPPONENTS if name in history.losses]
    panels = {"Generator against discriminator": game} if game else {}
    panels |= {"Reconstruction" if name == "autoencoder" else name.capitalize(): [name] for name in others}
    figure, grid = plt.subplots(1, len(panels), squeeze=False, figsize=(4.5 * len(panels), 3.4), layout="constrained")
    for axes, (title, names) in zip(grid.flat, panels.items(), strict=True):
        axes.set_title(title, color=INK)
        for name in names:
            losses = history.losses[name]
            epochs = range(1, len(losses) + 1)
            marker = "o" if len(losses) <= 20 else None  # a curve of one epoch is a dot
            color = LOSS_COLORS.get(name, COLORS["E"])
            axes.plot(epochs, losses, color=color, label=name, lw=2, marker=marker, ms=4)
        tidy(axes)
        axes.set_xlabel("epoch")
        axes.set_ylabel("mean loss")
        shown = [0.0, *(loss for name in names for loss in history.losses[name])]
        axes.set_ylim(1.05 * min(shown), 1.05 * max(*shown, 1e-6))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))  # one epoch is one tick
        axes.legend(frameon=False)
    plt.close(figure)
    return figure


def animate_latents(history: History, max_frames: int = 31, frames_per_second: int = 6) -> Image:
    """A GIF that shows what G makes of the same latent vectors, from before training to the last epoch.

    Long runs are thinned out to `max_frames` frames, evenly over the epochs.
    """
    last = len(history.samples) - 1
    epochs = np.unique(np.linspace(0, last, min(max_frames, last + 1)).round().astype(int))
    columns = int(np.ceil(history.samples.shape[1] ** 0.5))
    rows = int(np.ceil(history.samples.shape[1] / columns))
    images = as_squares(history.samples)  # ((epochs + 1) * n, side, side)
    images = images.reshape(last + 1, -1, *images.shape[1:]) // 16 * 17  # 16 grays keep the file small
    figure = draw_grid(images[0], rows, columns, vmax=255, scale=1.0)
    title = figure.suptitle("epoch 0", color=INK, fontsize=11)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    figure.set_layout_engine("none")  # laid out once: every frame has the same places
    frames = []
    for epoch in epochs:
        title.set_text(f"epoch {epoch}")
        for axes, image in zip(figure.axes, images[epoch], strict=False):
            axes.images[0].set_data(image)
        canvas.draw()
        frames.append(PIL.Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("L").quantize(16))
    durations = [1000 // frames_per_second] * len(frames)
    durations[-1] = 2000  # rest on the last epoch before it starts again
    gif = io.BytesIO()
    frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return Image(data=gif.getvalue(), format="gif")


def show_gradient_map(
    labels: Sequence[str],
    values: ArrayLike,
    forbidden: ArrayLike,
    columns: Sequence[str] = ("E", "G", "D"),
) -> Figure:
    """Which loss moved which network in one training step, as a heat map.

    Args:
        labels: one text a row: the updates, or the losses within them, in the order in which they happened.
        values: (rows, columns) in [-1, 1]: the loss's share of the gradient that was applied to the network,
            positive when the update lowers the loss and negative when it raises it; 0 for no influence.
        forbidden: bool (rows, columns): where a loss must not drive a network.
        columns: names of the networks.

    Raises:
        ValueError: the shapes do not fit together.
    """
    share = np.asarray(values, dtype=float).reshape(len(labels), -1)
    barred = np.asarray(forbidden, dtype=bool).reshape(len(labels), -1)
    if share.shape != (len(labels), len(columns)) or barred.shape != share.shape:
        raise ValueError(
            f"values and forbidden must have the shape {(len(labels), len(columns))}, "
            f"got {share.shape} and {barred.shape}"
        )
    figure, axes = plt.subplots(figsize=(7.6, 1.3 + 0.6 * len(labels)), layout="constrained")
    mesh = axes.pcolormesh(share, cmap=SIGNED, vmin=-1, vmax=1, edgecolors="white", linewidth=3)
    for row, column in np.ndindex(*share.shape):
        _draw_cell(axes, row, column, float(share[row, column]), bool(barred[row, column]))
    axes.invert_yaxis()  # the first update on top
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns, fontsize=14, fontweight="bold")
    axes.set_yticks(np.arange(len(labels)) + 0.5, [textwrap.fill(label, 36) for label in labels])
    axes.xaxis.tick_top()
    axes.tick_params(length=0, colors=INK)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("hatched: must stay empty     red: must not be there", color=MUTED, fontsize=9)
    bar = figure.colorbar(mesh, ax=axes, ticks=[-1, 0, 1], pad=0.03)
    bar.ax.set_yticklabels(["raises the loss", "no influence", "lowers the loss"], color=INK)
    bar.ax.tick_params(length=0)
    bar.ax.spines[:].set_visible(False)
    plt.close(figure)
    return figure


def _draw_cell(axes: Axes, row: int, column: int, share: float, barred: bool) -> None:
    """One cell of the gradient map: its number, and whether it may be there."""
    used = abs(share) >= 0.005  # less is shown as 0 %
    if barred and not used:
        hatch = Rectangle((column + 0.04, row + 0.06), 0.92, 0.88, fill=False, edgecolor="#d5d8dc", hatch="///")
        axes.add_patch(hatch)
    if barred and used:
        frame = Rectangle((column + 0.03, row + 0.05), 0.94, 0.9, fill=False, edgecolor=FORBIDDEN, linewidth=3)
        axes.add_patch(frame)
    if used:
        axes.text(
            column + 0.5,
            row + 0.5,
            f"{'✗ ' if barred else ''}{share:+.0%}".replace("-", "−"),
            color="white" if abs(share) > 0.6 else INK,
            fontweight="bold" if barred else "normal",
            ha="center",
            va="center",
        )


def draw_grid(images: NDArray[Any], rows: int, columns: int, vmax: float = 1, scale: float = 1.3) -> Figure:
    """Images (n, height, width) in rows, dark ink on white paper; cells without an image stay empty."""
    figure, grid = plt.subplots(
        rows,
        columns,
        squeeze=False,
        figsize=(max(3.4, scale * columns + 0.4), scale * rows + 0.4),
        layout="compressed",
    )
    for axes, image in zip(grid.flat, images, strict=False):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=vmax)
    for axes in grid.flat:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color("#d5d8dc")
    plt.close(figure)
    return figure


def as_squares(images: Tensor) -> NDArray[Any]:
    """Flat images (..., pixels) as squares (n, side, side) on the CPU."""
    side = round(images.shape[-1] ** 0.5)
    return images.cpu().reshape(-1, side, side).numpy()
