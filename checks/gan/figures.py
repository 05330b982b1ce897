"""Figures for the feedback: the gradient map of a recorded training step.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is drawn beside the verdict,
from the same trace. The `figures.py` of an assignment takes it over.
"""

import io
from pathlib import Path

from autograder.checks.outcome import CheckEnded
from autograder.checks.plugin import TraceFolder
from checks.gan.experiment import recorder
from course_utils.gan.gradient_map import draw_gradient_map
from coursekit.trace import TraceError

CELL = "check_train_step"
PROBE = "train_step-16"
DPI = 70


def draw_figures(folder: Path) -> dict[str, bytes]:
    """The gradient map of the probe with the most images, unless its steps did not run or the trace is unreadable."""
    try:
        traces = TraceFolder(folder, (recorder(),))
        probe, trace = traces.asked(PROBE), traces.recorded(PROBE)
        if len(trace.data["steps"]) < len(probe.data["batches"]) or trace.data["steps"][-1]["error"]:
            return {}
        figure = draw_gradient_map(probe, trace)
    except (
        TraceError,
        CheckEnded,
        KeyError,
        TypeError,
        IndexError,
        ValueError,
    ):  # what is wrong with the trace is for the checks to say
        return {}
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=DPI)
    return {CELL: png.getvalue()}
