"""The figure of the homework's model: the encoder E, the generator G, the discriminator D and their data.

This is course material: the first picture that a student sees of the three networks. The digits are real
MNIST images; those that stand for G's output are blurred ones, since there is no trained model yet.
"""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from IPython.display import Image
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon, Rectangle
from numpy.typing import NDArray

from course_utils.data import mnist_images

COLORS = {"E": "#2a9d8f", "G": "#e07a2f", "D": "#6d5bd0"}
INK = "#22313f"
MUTED = "#7b8794"
PAPER = "#f4f6f8"

RECONSTRUCTION, GENERATION, REAL = 7.15, 4.45, 1.75  # heights of the three rows
IMAGE = 1.6  # side of an image
DPI = 100


def draw_model() -> Image:
    """How images and latent vectors flow through E, G and D, and which networks each loss trains.

    The picture is always the same, so it is drawn once.
    """
    return Image(data=_picture(), format="png")


@cache
def _picture() -> bytes:
    png = io.BytesIO()
    make_figure().savefig(png, format="png", dpi=DPI)
    return png.getvalue()


def make_figure() -> Figure:
    figure = Figure(figsize=(11, 6.1))
    axes = figure.subplots()
    axes.set(xlim=(0, 16.4), ylim=(0, 9.1), aspect="equal")
    axes.axis("off")
    figure.subplots_adjust(0, 0, 1, 1)
    digits = mnist_images(train=False)[0].numpy()
    real, other, third = digits[0], digits[61], digits[30]

    _draw_image(axes, 1.3, RECONSTRUCTION, real, "$x$", "real image")
    _draw_network(axes, 2.9, 4.5, RECONSTRUCTION, 1.9, 1.2, "E", "encoder")
    _draw_vector(axes, 5.5, RECONSTRUCTION, 1, "$E(x)$", "code")
    _draw_vector(axes, 5.5, GENERATION, 2, r"$z \sim N(0, I)$", "random latent vector")
    middle = (RECONSTRUCTION + GENERATION) / 2
    _draw_network(axes, 6.6, 8.4, middle, 4.0, 4.9, "G", "generator")
    _draw_image(axes, 10.0, RECONSTRUCTION, _blur(real), "$G(E(x))$", "reconstruction")
    _draw_image(axes, 10.0, GENERATION, _blur(other), "$G(z)$", "generated image")
    _draw_image(axes, 10.0, REAL, third, "$x$", "real image")
    middle = (GENERATION + REAL) / 2
    _draw_network(axes, 11.7, 13.5, middle, 4.7, 3.6, "D", "discriminator")
    _draw_probability(axes, 14.6, GENERATION, 0.2, "$D(G(z))$")
    _draw_probability(axes, 14.6, REAL, 0.8, "$D(x)$")

    for y, stops in (
        (RECONSTRUCTION, [(2.15, 2.85), (4.55, 5.25), (5.75, 6.55), (8.45, 9.15)]),
        (GENERATION, [(5.75, 6.55), (8.45, 9.15), (10.85, 11.65), (13.55, 14.35)]),
        (REAL, [(10.85, 11.65), (13.55, 14.35)]),
    ):
        for start, end in stops:
            _draw_arrow(axes, (start, y), (end, y))
    _draw_losses(axes)
    return figure


def _draw_image(axes: Axes, x: float, y: float, image: NDArray[Any], name: str, meaning: str) -> None:
    half = IMAGE / 2
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=255, extent=(x - half, x + half, y - half, y + half), zorder=2)
    axes.add_patch(Rectangle((x - half, y - half), IMAGE, IMAGE, fill=False, edgecolor=INK, lw=1, zorder=3))
    _label(axes, x, y - half, name, meaning)


def _draw_network(
    axes: Axes,
    left: float,
    right: float,
    y: float,
    height_left: float,
    height_right: float,
    name: str,
    meaning: str,
) -> None:
    """A trapezoid that narrows or widens as the network does."""
    corners = [
        (left, y - height_left / 2),
        (left, y + height_left / 2),
        (right, y + height_right / 2),
        (right, y - height_right / 2),
    ]
    axes.add_patch(Polygon(corners, facecolor=COLORS[name], edgecolor="none", joinstyle="round", zorder=2))
    x = (left + right) / 2
    axes.text(x, y + 0.12, name, color="white", fontsize=26, fontweight="bold", ha="center", va="center", zorder=4)
    axes.text(x, y - 0.42, meaning, color="white", fontsize=9.5, ha="center", va="center", zorder=4)


def _draw_vector(axes: Axes, x: float, y: float, seed: int, name: str, meaning: str) -> None:
    """A column of cells whose grays stand for the numbers of a latent vector."""
    cells, size = 7, 0.23
    grays = np.random.default_rng(seed).uniform(0.2, 0.95, cells)
    bottom = y - cells * size / 2
    for i, gray in enumerate(grays):
        axes.add_patch(
            Rectangle((x - size / 2, bottom + i * size), size, size, facecolor=str(gray), edgecolor=INK, lw=0.8)
        )
    _label(axes, x, bottom, name, meaning)


def _draw_probability(axes: Axes, x: float, y: float, probability: float, name: str) -> None:
    """A gauge from 0 to 1."""
    axes.add_patch(Rectangle((x - 0.12, y - 0.6), 0.24, 1.2, facecolor="white", edgecolor=INK, lw=1))
    axes.add_patch(Rectangle((x - 0.12, y - 0.6), 0.24, 1.2 * probability, facecolor=COLORS["D"], lw=0))
    axes.text(x + 0.25, y + 0.6, "1  real", color=MUTED, fontsize=9, va="center")
    axes.text(x + 0.25, y - 0.6, "0  fake", color=MUTED, fontsize=9, va="center")
    axes.text(x + 0.25, y, name, color=INK, fontsize=14, math_fontfamily="cm", va="center")


def _draw_losses(axes: Axes) -> None:
    """The reconstruction loss as a bridge over the first row, and all three losses in a box."""
    top = RECONSTRUCTION + IMAGE / 2
    bridge = [(1.3, top + 0.08), (1.3, 8.62), (10.0, 8.62), (10.0, top + 0.08)]
    axes.plot(*zip(*bridge, strict=True), color=COLORS["E"], lw=1.6, ls=(0, (4, 2)), solid_capstyle="round")
    axes.text(
        5.5,
        8.62,
        "compare:  mean squared error",
        color=COLORS["E"],
        fontsize=10.5,
        ha="center",
        va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 4},
    )
    axes.add_patch(
        FancyBboxPatch((0.45, 0.45), 7.9, 1.95, boxstyle="round,pad=0.12", facecolor=PAPER, edgecolor="none")
    )
    rows = (
        ("autoencoder loss", r"$G(E(x)) \approx x$", "EG"),
        ("discriminator loss", r"$D(x) \to 1$,  $D(G(z)) \to 0$", "D"),
        ("generator loss", r"$D(G(z)) \to 1$", "G"),
    )
    axes.text(3.2, 2.22, "wants", color=MUTED, fontsize=9.5, va="center")
    axes.text(6.95, 2.22, "trains", color=MUTED, fontsize=9.5, va="center")
    for i, (name, aim, networks) in enumerate(rows):
        y = 1.72 - 0.53 * i
        axes.text(0.55, y, name, color=INK, fontsize=10.5, fontweight="bold", va="center")
        axes.text(3.2, y, aim, color=INK, math_fontfamily="cm", fontsize=12.5, va="center")
        _draw_chips(axes, 7.2, y, networks)


def _draw_chips(axes: Axes, x: float, y: float, networks: Sequence[str]) -> None:
    for i, name in enumerate(networks):
        box = {"boxstyle": "round,pad=0.3", "facecolor": COLORS[name], "edgecolor": "none"}
        axes.text(
            x + 0.5 * i,
            y,
            name,
            color="white",
            fontsize=9.5,
            fontweight="bold",
            ha="center",
            va="center",
            bbox=box,
        )


def _draw_arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=13, color=INK, lw=1.5, shrinkA=0, shrinkB=0, zorder=5
        )
    )


def _label(axes: Axes, x: float, bottom: float, name: str, meaning: str) -> None:
    axes.text(x, bottom - 0.28, name, color=INK, fontsize=14, math_fontfamily="cm", ha="center", va="center")
    axes.text(x, bottom - 0.62, meaning, color=MUTED, fontsize=9, ha="center", va="center")


def _blur(image: NDArray[Any]) -> NDArray[Any]:
    """The image smoothed twice with its eight neighbors, as a stand-in for what a generator makes."""
    smooth = image.astype(float)
    for _ in range(2):
        for axis in (0, 1):
            smooth = (np.roll(smooth, 1, axis) + 2 * smooth + np.roll(smooth, -1, axis)) / 4
    return smooth


def tidy(axes: Axes) -> None:
    """Quiet axes: no frame above and on the right, and a grid that one can look through."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(colors=INK)
    axes.grid(alpha=0.25)
