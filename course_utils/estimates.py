"""Figures of estimates that come closer to the truth the more is drawn.

This is course material, for homework 3.
"""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course_utils.model_figure import COLORS, MUTED, tidy


def show_estimates(estimates: Mapping[int, Tensor], truth: float | None = None, bound: float | None = None) -> Figure:
    """Estimates of log p(x) over the number of draws k: each as a dot, with their mean as a line.

    Args:
        estimates: for each k the estimates of several repetitions.
        truth: log p(x), where it is known.
        bound: the evidence lower bound, where it was measured.
    """
    figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
    for k, values in estimates.items():
        axes.plot(torch.full_like(values, k), values, "o", color=COLORS["E"], alpha=0.25, ms=5, mew=0)
    means = [float(values.mean()) for values in estimates.values()]
    axes.plot(list(estimates), means, color=COLORS["E"], lw=2.5, label="mean of the estimates")
    if truth is not None:
        axes.axhline(truth, color=COLORS["G"], lw=2, ls="--", label=f"the truth: {truth:.2f} nats")
    if bound is not None:
        axes.axhline(bound, color=MUTED, lw=2, ls=":", label=f"the bound: {bound:.2f} nats")
    axes.set_xscale("log")
    axes.set(xlabel="number of draws k", ylabel=r"estimated $\log p(x)$ in nats")
    axes.legend(frameon=False, loc="center right", fontsize=11)
    tidy(axes)
    plt.close(figure)
    return figure
