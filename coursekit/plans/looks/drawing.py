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
    bars: Sequence[Any] = (),
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
        bars: the lengths of the bars of each chart or histogram that must be there, in the order of the bars.
        labels: whether all axes with lines, or with bars that are asked for, must have both labels.
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
    drawn = {
        "line": ([line[:, 1] for one in axes for line in one.lines], lines),
        "bar chart": ([chart for one in axes for chart in one.bars], bars),
    }
    for kind, (there, expected) in drawn.items():
        for number, heights in enumerate(expected, start=1):
            wanted = torch.as_tensor(heights).double().flatten()
            if not any(_shows(one, wanted) for one in there):
                many = f"is 1 {kind}" if len(there) == 1 else f"are {len(there) or 'no'} {kind}s"
                told = f"No {kind} in the figure of {label} shows the {len(wanted)} values of {kind} {number}"
                raise Complaint(f"{told}, expected one (there {many}).", hint, mistake)
    if sum(one.images for one in axes) < images:
        told = f"The figure of {label} holds {sum(one.images for one in axes)} images, expected {images}."
        raise Complaint(told, hint, mistake)
    unlabelled = [one for one in axes if (one.lines or (bars and one.bars)) and not (one.x_label and one.y_label)]
    if labels and unlabelled:
        raise Complaint(f"An axis in the figure of {label} has no label.", hint or _LABELS, mistake)
    if title and not any(one.title for one in axes):
        raise Complaint(f"The figure of {label} has no title.", hint, mistake)
    return f"{label} draws what it should."


_LABELS = "Name both axes, with plt.xlabel and plt.ylabel."


def _shows(drawn: torch.Tensor, heights: torch.Tensor) -> bool:
    if len(drawn) != len(heights):
        return False
    scale = max(float(heights.abs().max()), 1e-3) if len(heights) else 1.0
    return bool(((drawn.double() - heights).abs() <= TOLERANCE * scale).all())
