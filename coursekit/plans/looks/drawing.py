"""Looks at figures: whether there is one, what it shows, and whether it says what that is.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this compares what matplotlib was
told to draw, never pixels.
"""

from collections.abc import Sequence
from typing import Any

import torch

from coursekit.plans.answers import Figures
from coursekit.plans.looks.seen import Complaint, Seen

TOLERANCE = 1e-4  # of drawn points, relative to the largest


def draws(
    seen: Seen,
    lines: Sequence[Any] = (),
    images: int = 0,
    labels: bool = True,
    title: bool = False,
    hint: str = "",
    mistake: str = "figure-incomplete",
) -> str:
    """One figure is drawn.

    Args:
        seen: the figures.
        lines: the heights of each line that must be there, in the order of its points.
        images: how many images it holds at least.
        labels: whether all axes with lines must have both labels.
        title: whether it must have a title.
        hint: what to try.
        mistake: its name.
    """
    figures = seen.of(Figures).figures
    label = f"`{seen.run.label(seen.step)}`"
    if len(figures) != 1 or not figures[0]:
        told = f"{label} drew {len(figures) or 'no'} {'figure' if len(figures) < 2 else 'figures'}, expected one."
        raise Complaint(told, hint, "no-figure")
    axes = figures[0]
    drawn = [line for one in axes for line in one.lines]
    for number, heights in enumerate(lines, start=1):
        wanted = torch.as_tensor(heights).double().flatten()
        if not any(_shows(line, wanted) for line in drawn):
            told = f"No line in the figure of {label} shows the {len(wanted)} values of line {number}"
            raise Complaint(f"{told}, expected one (there are {len(drawn)} lines).", hint, mistake)
    if sum(one.images for one in axes) < images:
        told = f"The figure of {label} holds {sum(one.images for one in axes)} images, expected {images}."
        raise Complaint(told, hint, mistake)
    unlabelled = [one for one in axes if one.lines and not (one.x_label and one.y_label)]
    if labels and unlabelled:
        raise Complaint(f"An axis in the figure of {label} has no label.", hint or _LABELS, mistake)
    if title and not any(one.title for one in axes):
        raise Complaint(f"The figure of {label} has no title.", hint, mistake)
    return f"{label} draws what it should."


_LABELS = "Name both axes, with plt.xlabel and plt.ylabel."


def _shows(line: torch.Tensor, heights: torch.Tensor) -> bool:
    if line.shape != (len(heights), 2):
        return False
    scale = max(float(heights.abs().max()), 1e-3) if len(heights) else 1.0
    return bool(((line[:, 1].double() - heights).abs() <= TOLERANCE * scale).all())
