"""Whether a notebook and the checks of its assignment say the same of cells and points.

The first step of the flow course material -> submission -> trace -> verdict -> gradebook -> report. Where they differ,
no submission could be graded.
"""

from nbformat import NotebookNode

from autograder.config import Assignment
from autograder.errors import UsageError
from autograder.intake import grade_id, graded_by_checks
from autograder.plans.load import Declared, read_declared
from autograder.plans.make import make_plans

TRIAL_SEED = 1  # of the plans that are built to see whether they can be


def require_agreement(source: NotebookNode, assignment: Assignment) -> None:
    """Make sure that every graded test cell has checks, that every check has a cell, and that their points are equal.

    Raises:
        UsageError: not so; or the checks cannot be read, or a plan cannot be built.
    """
    worth = {
        str(grade_id(cell)): float(cell.metadata["nbgrader"]["points"])
        for cell in source.cells
        if graded_by_checks(cell)
    }
    if not assignment.checks.exists():
        if worth:
            name = next(iter(worth))
            raise UsageError(
                f"The test cell {name} of {assignment.name} gives points, and there are no checks: "
                f"write {assignment.root / 'checks' / assignment.name}.py."
            )
        return
    declared = read_declared(assignment.checks)
    _compare(worth, declared, assignment)
    for _ in make_plans(declared, TRIAL_SEED):
        pass  # building each is what there is to see


def _compare(worth: dict[str, float], declared: Declared, assignment: Assignment) -> None:
    for check in declared.checks.values():
        if check.cell not in worth:
            has = ", ".join(worth) or "none"
            raise UsageError(
                f"{check.place}: {check.name} is for the cell {check.cell!r}, and {assignment.notebook} has no graded "
                f"test cell of that name (it has: {has})."
            )
    for name, points in worth.items():
        given = declared.points.get(name)
        if given is None:
            raise UsageError(
                f"The test cell {name} of {assignment.notebook} gives {points:g} points, and no check in "
                f"{assignment.checks} is for it."
            )
        if abs(given - points) > 1e-9:
            raise UsageError(
                f"The checks of the cell {name} are worth {given:g} points, and the cell in {assignment.notebook} "
                f"{points:g}: change one of them."
            )
    for plan in declared.plans.values():
        if plan.cell not in worth:
            raise UsageError(
                f"{plan.place}: the plan {plan.name} is for the cell {plan.cell!r}, and {assignment.notebook} has no "
                f"graded test cell of that name."
            )
