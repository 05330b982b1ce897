"""Whether a conditional model draws the digits that it is asked for: figures, and the counts behind them.

This is course material; the check of class conditioning counts in the same way. A digit counts as drawn if the
classifier of `course_utils.classifier` names it, so a blurred digit counts as well as a beautiful one.
"""

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course_utils.classifier import load_classifier
from course_utils.conditional import ConditionalModel
from course_utils.model_figure import INK, MUTED
from course_utils.models import device_of
from course_utils.plotting import as_squares, draw_grid


def show_digits(model: ConditionalModel, seed: int = 0, rows: int = 5) -> Figure:
    """A table of images G(z, h): one column for each label h, one row for each z, the same along the row."""
    classes = model.number_of_classes
    z = torch.randn(rows, model.latent_size, generator=torch.Generator().manual_seed(seed))
    images = draw_digits(model, z.repeat_interleave(classes, dim=0), torch.arange(classes).repeat(rows))
    figure = draw_grid(as_squares(images), rows, classes, scale=0.8)
    _name_columns(figure, classes)
    figure.suptitle("$G(z, h)$: the label $h$ of each column, the same $z$ along a row", color=INK)
    return figure


def show_restyled(model: ConditionalModel, images: Tensor, labels: Tensor, n: int = 5) -> Figure:
    """The first n of `images` (b, ...) in [0, 1], and beside each G(E(x, h), h') for every label h'."""
    classes, device = model.number_of_classes, device_of(model)
    x, h = images[:n].flatten(1).to(device), labels[:n].to(device)  # (n, pixels), (n,)
    with torch.no_grad():
        codes = model.encoder(x, h)  # (n, latent_size)
    drawn = draw_digits(model, codes.repeat_interleave(classes, dim=0), torch.arange(classes).repeat(len(x)))
    rows = torch.cat([x.cpu()[:, None], drawn.view(len(x), classes, -1)], dim=1)  # (n, 1 + classes, pixels)
    figure = draw_grid(as_squares(rows), len(x), 1 + classes, scale=0.8)
    _name_columns(figure, classes, first="$x$")
    figure.suptitle("Real images $x$, and $G(E(x, h), h')$ for each label $h'$", color=INK)
    return figure


def show_confusion(model: ConditionalModel, of_each: int = 200, seed: int = 0) -> Figure:
    """Which digit the classifier sees in the images that the model draws when it is asked for each digit."""
    counts = count_digits(model, of_each, seed)  # (asked, seen)
    shares = counts / counts.sum(dim=1, keepdim=True)
    classes = len(counts)
    figure, axes = plt.subplots(figsize=(5.6, 5.2), layout="constrained")
    axes.imshow(shares, cmap="Purples", vmin=0, vmax=1)
    for asked in range(classes):
        for seen in range(classes):
            share = float(shares[asked, seen])
            if share >= 0.005:
                color = "white" if share > 0.6 else INK
                axes.text(seen, asked, f"{share:.0%}", ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(classes))
    axes.set_yticks(range(classes))
    axes.set_xlabel("digit that the classifier sees", color=MUTED)
    axes.set_ylabel("digit that was asked for", color=MUTED)
    axes.tick_params(length=0, colors=INK)
    axes.spines[:].set_visible(False)
    axes.set_title(f"{float(shares.diagonal().mean()):.1%} of the digits are as asked for", color=INK)
    plt.close(figure)
    return figure


def count_digits(model: ConditionalModel, of_each: int = 200, seed: int = 0) -> Tensor:
    """Ask for each digit `of_each` times and count what the classifier sees: (number_of_classes, 10), int64."""
    classes = model.number_of_classes
    h = torch.arange(classes).repeat_interleave(of_each)
    z = torch.randn(len(h), model.latent_size, generator=torch.Generator().manual_seed(seed))
    counts = torch.zeros(classes, 10, dtype=torch.int64)
    seen = recognize(draw_digits(model, z, h))
    return counts.index_put_((h, seen), torch.ones_like(h), accumulate=True)


def recognize(images: Tensor) -> Tensor:
    """The digit that the classifier sees in each of the flat square images (n, pixels): (n,), from 0 to 9.

    Images of another size than 28 x 28 are scaled to it; of the test images scaled down to 14 x 14 and up again, the
    classifier still names 98.2 % rightly.
    """
    side = round(images.shape[1] ** 0.5)
    square = images.reshape(-1, 1, side, side)
    if side != 28:
        square = torch.nn.functional.interpolate(square, size=28, mode="bilinear")
    with torch.no_grad():
        return load_classifier()(square).argmax(dim=1)


def draw_digits(model: ConditionalModel, z: Tensor, h: Tensor) -> Tensor:
    """Images G(z, h), (n, pixels) on the CPU."""
    device = device_of(model)
    with torch.no_grad():
        return model.generator(z.to(device), h.to(device)).cpu()


def _name_columns(figure: Figure, classes: int, first: str = "") -> None:
    """Write the label above each column of the grid; `first` above one more column on its left."""
    names = ([first] if first else []) + [str(label) for label in range(classes)]
    for axes, name in zip(figure.axes, names, strict=False):
        axes.set_title(name, color=INK, fontsize=11)
