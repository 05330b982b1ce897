"""What is drawn in matplotlib's figures, as records.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this turns figures that a
student's function drew into an answer. matplotlib is only looked at where the student's code has imported it.
"""

import sys
from typing import Any

import numpy as np
import torch

from coursekit.plans.answers import Axes, Figures

MAX_FIGURES, MAX_AXES, MAX_LINES, MAX_POINTS = 20, 30, 50, 50_000
MAX_LABEL = 200  # characters


def open_figures() -> set[int]:
    """The numbers of the figures that are open now."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def take_figures(returned: Any, before: set[int]) -> Figures:
    """The figures that were opened since, which are closed, and the one that was returned, if it was one."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return Figures(())
    numbers = sorted(open_figures() - before)
    figures = [pyplot.figure(number) for number in numbers]
    owner = returned if isinstance(returned, pyplot.Figure) else getattr(returned, "figure", None)
    if isinstance(owner, pyplot.Figure) and owner not in figures:
        figures.append(owner)
    told = Figures(tuple(tuple(map(_axes, figure.axes[:MAX_AXES])) for figure in figures[:MAX_FIGURES]))
    for number in numbers:
        pyplot.close(number)
    return told


def _axes(axes: Any) -> Axes:
    legend = axes.get_legend()
    lines = axes.lines[:MAX_LINES]
    charts = [chart for chart in axes.containers if type(chart).__name__ == "BarContainer"]
    return Axes(
        title=axes.get_title()[:MAX_LABEL],
        x_label=axes.get_xlabel()[:MAX_LABEL],
        y_label=axes.get_ylabel()[:MAX_LABEL],
        lines=tuple(torch.from_numpy(np.array(line.get_xydata(), dtype=float)[:MAX_POINTS]) for line in lines),
        labels=tuple(text.get_text()[:MAX_LABEL] for text in legend.get_texts()[:MAX_LINES]) if legend else (),
        images=len(axes.images),
        bars=tuple(map(_lengths, charts[:MAX_LINES])),
    )


def _lengths(chart: Any) -> torch.Tensor:
    """Of the bars of a chart that stand or lie, as they are drawn."""
    lies = chart.orientation == "horizontal"
    lengths = [bar.get_width() if lies else bar.get_height() for bar in chart.patches[:MAX_POINTS]]
    return torch.from_numpy(np.array(lengths, dtype=float))
