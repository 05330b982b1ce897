"""Figures for the feedback: the gradient map of a recorded training step.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is drawn beside the verdict,
from the same trace. The `CHECKS` of an assignment name it.
"""

import io

from autograder.checks.outcome import CheckEnded
from autograder.checks.plugin import TraceFolder
from checks.gan.observed import MAPPED, read_step_run
from course_utils.gan.gradient_map import draw_movements
from coursekit.trace import TraceError

CELL = "check_train_step"
DPI = 70
TOLD = (  # below the figure on the feedback page, which finds it in the PNG's own field
    "Which loss moved which network in one of your training steps: each number is a share of the gradient that was "
    "applied, what is hatched must stay empty, and what is red must not be there."
)


def draw_figures(trace: TraceFolder) -> dict[str, bytes]:
    """The gradient map of the probe with the most images, unless its steps did not run or the trace is unreadable."""
    try:
        run = read_step_run(trace, MAPPED)
        if len(run.data["steps"]) < len(run.batches) or run.data["steps"][-1]["error"]:
            return {}
        figure = draw_movements(run.movements, len(run.batches) - 1)
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
    figure.savefig(png, format="png", dpi=DPI, metadata={"Description": TOLD})
    return {CELL: png.getvalue()}
