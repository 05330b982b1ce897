"""The trusted side of plans: what a checks file imports, and what the engine does with such a file.

A checks file is ordinary pytest functions. `@plan` makes a function a plan, and a fixture that gives its results;
`expect` looks at a result; `slip` names a well-known mistake. From the file to a verdict:

- `ask`, `handles`, `labels`, `declare`: building a plan
- `load`: reading a folder of checks, and telling what is wrong with it
- `write_plans`: writing plans into an inbox, and public ones into a kit
- `form`, `door`: reading what came back, which is not to be trusted
- `results`, `expect`, `promise`: looking at it
- `measure`: quantities with bounds
- `declared`, `behavior`: what the rest of the engine knows of plans
"""

from autograder.checks.outcome import cannot_judge, fail, not_checked
from autograder.plans.ask import Ask
from autograder.plans.declare import plan
from autograder.plans.expect import expect
from autograder.plans.handles import Handle, each, given, student
from autograder.plans.results import Result
from coursekit.plans.looks import Slip as slip
from coursekit.plans.weights import draw_weights

__all__ = [
    "Ask",
    "Handle",
    "Result",
    "cannot_judge",
    "draw_weights",
    "each",
    "expect",
    "fail",
    "given",
    "not_checked",
    "plan",
    "slip",
    "student",
]
