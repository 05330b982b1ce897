"""The recorder of training steps as a kind of experiment: the models of these homeworks, and what drives them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is what the engine knows of
the recorder (`autograder.experiments`), beside plans. The `CHECKS` of an assignment name it.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from autograder.experiments import Experiment
from checks.gan.origin import require_origin
from checks.gan.trace_form import KINDS, require_form
from course_utils.gan.probe import LOSSES
from coursekit.trace import Trace

if TYPE_CHECKING:
    from autograder.selftest.behavior import Behavior

# The test cells, in the order of the notebooks, and which of the student's functions each of them is given.
CELLS = {
    "optimizers": ("configure_optimizers",),
    "wrong_labels": ("draw_wrong_labels",),
    "losses": tuple(f"{loss}_loss" for loss in LOSSES),
    "train_step": ("train_step", "configure_optimizers"),
    "convergence": ("train_step", "configure_optimizers"),
}


def recorder(number_of_classes: int = 0) -> Experiment:
    """The recorder as a kind of experiment; with classes, of conditional models."""

    def observe(path: Path) -> "Behavior":
        from checks.gan.observing import observe as see  # imports far more than judging needs

        return see(path, number_of_classes)

    return Experiment(KINDS, read, record_cells, observe)


def read(asked: Trace, recorded: Trace, name: str) -> Trace:
    """The recorded trace, if it has the form of an answer and answers this probe.

    Raises:
        TraceError: it has not, or it does not.
    """
    require_form(asked, recorded, name)
    require_origin(asked, recorded, name)
    return recorded


def record_cells(solution: ModuleType, inbox: Path, outbox: Path, leave_out: Collection[str] = ()) -> None:
    """Record what the test cells of a notebook record, but for the kinds to leave out."""
    from course_utils.check import record  # imports far more than judging needs

    for kind, names in CELLS.items():
        if kind not in leave_out:
            functions = {name: getattr(solution, name, _missing(name)) for name in names}
            record(kind, functions, inbox, outbox)


def _missing(name: str) -> Callable[..., Any]:
    def missing(*_: Any) -> None:
        raise NameError(f"name '{name}' is not defined")

    return missing
