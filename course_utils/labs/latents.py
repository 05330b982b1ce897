"""Figures of images, codes and latent vectors, for the labs on autoencoders and variational autoencoders.

This is course material. As in `course_utils.plotting` every function returns a `Figure` that
is closed for pyplot, and random numbers come from a generator with an explicit seed.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from torch import Tensor

from course_utils.model_figure import COLORS, INK, tidy
from course_utils.plotting import as_squares, draw_grid

DIGIT_COLORS = plt.get_cmap("tab10").colors  # type: ignore[attr-defined]
SHOWN = 2000  # points of a scatter plot; more hide each other


def show_rows(rows: Mapping[str, Tensor], title: str = "", headings: Sequence[str] = ()) -> Figure:
    """Rows of images under each other, each with its name to the left.

    Args:
        rows: for each name the images (columns, pixels) in [0, 1], as many in each row.
        headings: if given, one text above each column.
    """
    columns = {len(images) for images in rows.values()}
    if len(columns) != 1:
        raise ValueError(f"the rows must be equally long, got {sorted(columns)} images")
    (width,) = columns
    images = as_squares(torch.cat([images.detach() for images in rows.values()]))
    figure = draw_grid(images, len(rows), width, scale=0.95)
    for axes, name in zip(figure.axes[::width], rows, strict=True):
        axes.set_ylabel(name, rotation=0, ha="right", va="center", labelpad=8, color=INK, fontsize=12)
    for axes, heading in zip(figure.axes, headings, strict=False):
        axes.set_title(heading, color=INK, fontsize=11)
    figure.suptitle(title, color=INK)
    return figure


def show_projection(points: Tensor, labels: Tensor, title: str = "") -> Figure:
    """Points in the plane, coloured by digit; the digit itself stands at the median of its points.

    Args:
        points: (n, 2); the first 2000 are drawn.
        labels: (n,), integers from 0 to 9.
    """
    points, labels = points.detach()[:SHOWN], labels[:SHOWN]
    figure, axes = plt.subplots(figsize=(7, 6), layout="constrained")
    for digit in range(10):
        mine = points[labels == digit]
        if len(mine) == 0:
            continue
        axes.scatter(mine[:, 0], mine[:, 1], s=9, color=DIGIT_COLORS[digit], alpha=0.55, linewidths=0)
        x, y = mine.median(0).values.tolist()
        stroke = [withStroke(linewidth=4, foreground="white")]
        axes.text(
            x,
            y,
            str(digit),
            color=DIGIT_COLORS[digit],
            fontsize=20,
            fontweight="bold",
            ha="center",
            va="center",
            path_effects=stroke,
            zorder=5,
        )
    axes.set(xlabel="first principal component", ylabel="second principal component")
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_title(title, color=INK)
    tidy(axes)
    plt.close(figure)
    return figure


def show_against_normal(codes: Tensor, name: str = "codes $E(x)$", seed: int = 0) -> Figure:
    """Three views of how codes are distributed, beside as many z ~ N(0, I): lengths, a plane, spread by direction.

    Args:
        codes: (n, latent_size), n of 2 or more and latent_size of 2 or more.
        name: what the legend calls them.
    """
    codes = codes.detach().double()
    z = torch.randn(codes.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    center = codes.mean(0)
    values, directions = torch.linalg.eigh(codes.T.cov())  # in ascending order
    plane = directions[:, [-1, -2]]
    figure, (lengths, places, spreads) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")

    longest = max(codes.norm(dim=1).quantile(0.999).item(), z.norm(dim=1).max().item())
    bins = torch.linspace(0, longest, 60).tolist()
    for vectors, label, color in ((codes, name, COLORS["E"]), (z, r"$z \sim N(0, I)$", COLORS["G"])):
        lengths.hist(vectors.norm(dim=1).numpy(), bins=bins, density=True, color=color, alpha=0.65, label=label)
        shown = ((vectors - center) @ plane)[:SHOWN]
        places.scatter(shown[:, 0], shown[:, 1], s=8, color=color, alpha=0.5, linewidths=0, label=label)
    lengths.set(title="How long they are", xlabel="length of the vector", ylabel="density")
    places.set(title="Where they are", xlabel="first principal component", ylabel="second principal component")
    places.set_aspect("equal", adjustable="datalim")

    order = range(1, len(values) + 1)
    deviations = values.flip(0).clamp(min=0).sqrt()
    spreads.bar(order, deviations.numpy(), color=COLORS["E"], alpha=0.8, label=name)
    spreads.axhline(1, color=COLORS["G"], lw=2.5, label=r"$z \sim N(0, I)$")
    spreads.set(title="How far they spread", xlabel="principal component", ylabel="standard deviation")
    spreads.xaxis.get_major_locator().set_params(integer=True)
    for axes in (lengths, places, spreads):
        axes.title.set_color(INK)
        tidy(axes)
    handles, texts = lengths.get_legend_handles_labels()
    figure.legend(
        handles, texts, loc="outside lower center", ncols=2, frameon=False, fontsize=12
    )  # below: it hides no data
    plt.close(figure)
    return figure
