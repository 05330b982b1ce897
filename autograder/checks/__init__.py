"""The hidden checks: making probes, and judging the traces that come back.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands on both sides of
the trace. Each assignment has a folder here with a module `probes` and pytest files; a check is a test function over
the `trace` fixture. `pytest autograder/checks/hw2 --trace-folder FOLDER` judges a stored trace again by hand.
"""

from autograder.checks.judge import draw_figures, judge, make_probes
from autograder.checks.outcome import cannot_judge, fail, not_checked
from autograder.errors import GraderFault

__all__ = ["GraderFault", "cannot_judge", "draw_figures", "fail", "judge", "make_probes", "not_checked"]
