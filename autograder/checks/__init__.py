"""The hidden checks: making probes, and judging the traces that come back.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands on both sides of
the trace, and knows no assignment: the checks themselves are course material. A course has a folder `checks/`, and in
it for each assignment a folder or file of pytest functions over the `trace` fixture, with a record `CHECKS`.
`pytest checks/hw2 --trace-folder FOLDER` judges a stored trace again by hand.
"""

from autograder.checks.judge import draw_figures, judge, make_probes
from autograder.checks.load import Checks, load_checks
from autograder.checks.outcome import cannot_judge, fail, not_checked
from autograder.errors import GraderFault

__all__ = [
    "Checks",
    "GraderFault",
    "cannot_judge",
    "draw_figures",
    "fail",
    "judge",
    "load_checks",
    "make_probes",
    "not_checked",
]
