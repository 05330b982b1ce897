"""The plots of the first homework: curves of training, confusion matrix, digits that were mistaken, filters.

This is course material; nothing here is graded. Every function returns a `Figure` that is closed for pyplot: as the
last line of a cell Jupyter shows it, once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from torch import Tensor, nn

from course_utils.data import ImageLoader
from course_utils.model_figure import COLORS, INK, MUTED, tidy
from course_utils.plotting import SIGNED, draw_grid

CLASSES = 10
TRAIN, TEST = COLORS["E"], COLORS["G"]
Curves = Mapping[str, Sequence[float]]  # what `fit` returns


def show_digits(loader: ImageLoader, rows: int = 2, columns: int = 8) -> Figure:
    """The first images of a loader, with their labels."""
    images, labels = loader.dataset[: rows * columns]
    figure = draw_grid(images[:, 0].cpu().numpy() / 255, rows, columns, scale=1.0)
    for axes, label in zip(figure.axes, labels.tolist(), strict=False):
        axes.set_title(str(label), color=INK, fontsize=10)
    return figure


def show_learning_rates(curves: Mapping[float, Curves]) -> Figure:
    """The loss over the epochs, one line for each learning rate; a loss that is not finite ends its line."""
    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    colors = plt.get_cmap("viridis")(torch.linspace(0, 0.9, len(curves)).numpy())
    for color, (lr, history) in zip(colors, sorted(curves.items()), strict=True):
        epochs = range(1, len(history["loss"]) + 1)
        axes.plot(epochs, history["loss"], color=color, marker="o", ms=4, lw=2, label=f"lr = {lr:g}")
    axes.set_yscale("log")
    axes.set_title("Mean loss on the training images", color=INK)
    _finish(axes, "loss")
    plt.close(figure)
    return figure


def show_accuracies(curves: Mapping[str, Curves]) -> Figure:
    """Accuracy on training and on test images over the epochs, a panel for each run."""
    figure, grid = plt.subplots(
        1, len(curves), squeeze=False, sharey=True, figsize=(4.2 * len(curves), 3.4), layout="constrained"
    )
    for axes, (name, history) in zip(grid.flat, curves.items(), strict=True):
        for key, color in (("train", TRAIN), ("test", TEST)):
            epochs = range(1, len(history[key]) + 1)
            axes.plot(epochs, history[key], color=color, marker="o", ms=3, lw=2, label=f"{key} images")
        axes.set_title(f"{name}: {history['test'][-1]:.1%} of the test images", color=INK)
        _finish(axes, "accuracy")
    plt.close(figure)
    return figure


def show_confusion(model: nn.Module, loader: ImageLoader) -> Figure:
    """How many images of each digit were taken for which one; what is right is left out of the colors."""
    _, labels, taken = _predict(model, loader)
    counts = torch.zeros(CLASSES, CLASSES, dtype=torch.int64)  # (digit, taken for)
    counts.index_put_((labels, taken), torch.ones_like(labels), accumulate=True)
    wrong = counts.clone().fill_diagonal_(0)
    figure, axes = plt.subplots(figsize=(5.2, 4.8), layout="constrained")
    axes.imshow(wrong, cmap="Reds", vmin=0, vmax=max(1, int(wrong.max()) * 1.4))
    for digit in range(CLASSES):
        for other in range(CLASSES):
            color = MUTED if digit == other else INK
            axes.text(other, digit, str(int(counts[digit, other])), ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(CLASSES))
    axes.set_yticks(range(CLASSES))
    axes.set_xlabel("taken for")
    axes.set_ylabel("digit")
    right = 1 - int(wrong.sum()) / max(1, len(labels))
    axes.set_title(f"{right:.1%} of {len(labels):,} images are recognized", color=INK)
    plt.close(figure)
    return figure


def show_mistakes(model: nn.Module, loader: ImageLoader, rows: int = 2, columns: int = 8) -> Figure:
    """Images that were mistaken, each with its digit and what it was taken for."""
    images, labels, taken = _predict(model, loader)
    wrong = (labels != taken).nonzero().flatten()[: rows * columns]
    figure = draw_grid(images[wrong, 0].numpy(), rows, columns, scale=1.0)
    for axes, number in zip(figure.axes, wrong.tolist(), strict=False):
        axes.set_title(f"{labels[number]} as {taken[number]}", color=INK, fontsize=10)
    return figure


def show_answers(image: NDArray[Any], answers: NDArray[Any]) -> Figure:
    """An image (height, width), and beside it what each filter answers to it, (filters, height, width)."""
    figure = draw_grid(np.stack([image, *answers]), 1, len(answers) + 1, scale=1.4)
    largest = float(abs(answers).max())
    for axes in figure.axes[1:]:
        axes.images[0].set(cmap=SIGNED, clim=(-largest, largest))
    plt.close(figure)
    return figure


def show_filters(model: nn.Module, columns: int = 8) -> Figure:
    """The filters of the first convolution: green where ink counts for it, violet where it counts against it."""
    layer = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    filters = layer.weight.detach().cpu()[:, 0]  # (filters, height, width)
    rows = -(-len(filters) // columns)
    figure = draw_grid(filters.numpy(), rows, columns, scale=0.9)
    for axes in figure.axes:
        for image in axes.images:
            image.set(cmap=SIGNED, clim=(-float(filters.abs().max()), float(filters.abs().max())))
    figure.suptitle("Filters of the first convolution", color=INK)
    return figure


@torch.no_grad()
def _predict(model: nn.Module, loader: ImageLoader) -> tuple[Tensor, Tensor, Tensor]:
    """All images of a loader, their labels, and what the model takes them for, on the CPU."""
    was_training = model.training
    model.eval()
    parts = [(images.cpu(), labels.cpu(), model(images).argmax(1).cpu()) for images, labels in loader]
    model.train(was_training)
    images, labels, taken = (torch.cat(part) for part in zip(*parts, strict=True))
    return images, labels, taken


def _finish(axes: Axes, label: str) -> None:
    tidy(axes)
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))  # one epoch is one tick
    axes.legend(frameon=False)
