"""Whether a notebook and the checks of its assignment say the same of cells, points and what is tried.

The first step of the flow course material -> submission -> trace -> verdict -> gradebook -> report. Where they differ,
no submission could be graded.
"""

import ast
import difflib
import re
from collections.abc import Mapping

from nbformat import NotebookNode

from autograder.config import Assignment
from autograder.errors import UsageError
from autograder.intake import grade_id, graded_by_checks
from autograder.plans.checks_file import Declared, read_declared
from autograder.plans.declare import PlanRecord
from autograder.plans.measure import require_bounds
from autograder.plans.write_plans import make_plans
from coursekit.plans.public import names_given
from coursekit.plans.steps import Plan, read_plan

TRIAL_SEED = 1  # of the plans that are built to see whether they can be


def require_agreement(source: NotebookNode, assignment: Assignment) -> None:
    """Make sure that graded test cells and checks belong to each other, and that the cells give what plans ask for.

    Every test cell that gives points has checks, every check and every plan a cell; their points are equal.

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
    require_bounds(declared)
    _compare(worth, declared, assignment)
    plans = {declared.plans[name]: read_plan(built) for name, built in make_plans(declared, TRIAL_SEED)}
    _require_given(source, plans, assignment)


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


def _require_given(source: NotebookNode, plans: Mapping[PlanRecord, Plan], assignment: Assignment) -> None:
    """Make sure that test cells pass what the plans ask for, as far as their calls of `check` show it."""
    cells = {str(grade_id(cell)): cell.source for cell in source.cells if graded_by_checks(cell)}
    for record, plan in plans.items():
        called, given = _given(cells[plan.cell])
        if called is not None and called != plan.cell:
            raise UsageError(
                f"The test cell {plan.cell} of {assignment.notebook} calls check({called!r}, ...), so its plans are "
                f"never carried out: write check({plan.cell!r}, ...)."
            )
        if given is None or any(_is_assigned(name, source) for name in given):
            continue  # what is given may have another name in itself
        missing = sorted(names_given(plan) - given)
        near = difflib.get_close_matches(missing[0], given, n=1) if missing else []
        if near and not _is_written(missing[0], source):
            raise UsageError(
                f"{record.place}: the plan {record.name} asks for {missing[0]}, which {assignment.notebook} does not "
                f"define; did you mean {near[0]}?"
            )
        if missing:
            raise UsageError(
                f"The test cell {plan.cell} of {assignment.notebook} does not pass {missing[0]} to check, and the plan "
                f"{record.name} asks for it: write check({plan.cell!r}, {', '.join([*sorted(given), *missing])})."
            )


def _given(code: str) -> tuple[str | None, set[str] | None]:
    """The cell that the one call of `check` names, and what it is given; None for what cannot be told from the code."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:  # a magic of IPython
        return None, None
    calls = [
        node
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check"
    ]
    if len(calls) != 1 or not calls[0].args or not isinstance(calls[0].args[0], ast.Constant):
        return None, None
    first, rest = calls[0].args[0], calls[0].args[1:]
    names = {value.id for value in rest if isinstance(value, ast.Name)}
    return str(first.value), (names if len(names) == len(rest) else None)


def _is_written(name: str, source: NotebookNode) -> bool:
    return any(re.search(rf"(?m)^\s*(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b", c.source) for c in source.cells)


def _is_assigned(name: str, source: NotebookNode) -> bool:
    return any(re.search(rf"(?m)^\s*{re.escape(name)}\s*=[^=]", cell.source) for cell in source.cells)
