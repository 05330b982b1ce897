"""Reading the checks of an assignment as its author wrote it, and telling in one sentence what is wrong with it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands before the release:
what is told here is told to the instructor, with file and line, before a student meets it.
"""

import ast
import graphlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.checks.bounds import SCALES, Quantity
from autograder.checks.load import import_checks
from autograder.checks.order import sort_by_needs
from autograder.errors import UsageError
from autograder.plans.declare import PlanRecord, plans_of

FILES = "test_*.py"
PREFIX = "test_"
MARK = "check"


@dataclass(frozen=True)
class CheckRecord:
    """One declared check.

    Attributes:
        name: without `test_`.
        cell, points: the graded cell that it belongs to, and what it is worth.
        needs: the checks without which it is not looked at.
        title: the sentence that the student reads.
        function: the check itself.
        wants: the names of its fixtures.
        place: file and line.
    """

    name: str
    cell: str
    points: float
    needs: tuple[str, ...]
    title: str
    function: Callable[..., None]
    wants: tuple[str, ...]
    place: str


@dataclass(frozen=True)
class Declared:
    """What the checks of an assignment declare, in the order of their files.

    Attributes:
        place: the file of tests, or the folder of their files.
        plans, checks: by name.
        quantities: that have bounds.
    """

    place: Path
    plans: Mapping[str, PlanRecord]
    checks: Mapping[str, CheckRecord]
    quantities: tuple[Quantity, ...]

    @property
    def points(self) -> Mapping[str, float]:
        """What each graded cell is worth."""
        cells: dict[str, float] = {}
        for check in self.checks.values():
            cells[check.cell] = cells.get(check.cell, 0.0) + check.points
        return cells

    def of_slow_plans(self) -> frozenset[str]:
        """The checks that look at a plan that a quick selftest leaves out."""
        slow = {plan.name for plan in self.plans.values() if plan.slow}
        return frozenset(check.name for check in self.checks.values() if slow & set(check.wants))


def read_declared(place: Path) -> Declared:
    """Import the tests of an assignment and read what they declare.

    Raises:
        UsageError: a file cannot be imported, a mark is not complete, or names or needs do not fit.
    """
    files = [place] if place.is_file() else sorted(place.glob(FILES))
    if not files:
        raise UsageError(f"There are no checks in {place}: a file of checks is called {FILES}.")
    plans: dict[str, PlanRecord] = {}
    checks: dict[str, CheckRecord] = {}
    quantities: list[Quantity] = []
    for module in map(_import_file, files):
        for name, plan in plans_of(module).items():
            if name in plans:
                raise UsageError(f"{plan.place}: there is another plan {name} ({plans[name].place}); rename one.")
            plans[name] = plan
        for check in _checks_of(module):
            if check.name in checks:
                raise UsageError(f"{check.place}: there is another check {check.name}; rename one.")
            checks[check.name] = check
        quantities += _quantities_of(module)
    in_order(checks)
    return Declared(place, plans, checks, tuple(quantities))


def _import_file(file: Path) -> ModuleType:
    """Import a file of checks, in which no function takes the place of one above it."""
    module = import_checks(file)
    first: dict[str, int] = {}
    for part in ast.parse(file.read_bytes()).body:
        if not isinstance(part, ast.FunctionDef):
            continue
        if part.name in first:
            told = f"the function {part.name} replaces the one of line {first[part.name]}, which is lost"
            raise UsageError(f"{file}, line {part.lineno}: {told}; rename one.")
        first[part.name] = part.lineno
    return module


def _quantities_of(module: ModuleType) -> Sequence[Quantity]:
    listed = vars(module).get("QUANTITIES", ())
    if isinstance(listed, tuple | list) and all(isinstance(one, Quantity) and one.is_complete() for one in listed):
        return listed
    example = 'Quantity("accuracy", "accuracy on new data", "logit", ("low",))'
    raise UsageError(
        f"{module.__file__}: QUANTITIES is a list of quantities, each with a scale ({' or '.join(SCALES)}) and the "
        f"sides ('low', 'high') that have a bound: write QUANTITIES = [{example}]."
    )


def in_order(checks: Mapping[str, CheckRecord]) -> list[str]:
    """The names of the checks, each after those that it needs; where nothing is needed, the order stays.

    Raises:
        UsageError: a check needs one that there is not, or in the end itself.
    """
    for check in checks.values():
        missing = [need for need in check.needs if need not in checks]
        if missing:
            raise UsageError(f"{check.place}: {check.name} needs {missing[0]!r}, and there is no such check.")
    try:
        return sort_by_needs({name: check.needs for name, check in checks.items()})
    except graphlib.CycleError as error:
        cycle = list(reversed(error.args[1]))
        told = " needs ".join(cycle)
        raise UsageError(f"{checks[cycle[0]].place}: these checks need each other: {told}.") from None


def _checks_of(module: ModuleType) -> list[CheckRecord]:
    functions = [value for name, value in vars(module).items() if name.startswith(PREFIX) and inspect.isfunction(value)]
    return [_read_check(function) for function in functions]


def _read_check(function: Callable[..., None]) -> CheckRecord:
    code = inspect.unwrap(function).__code__
    place = f"{Path(code.co_filename)}, line {code.co_firstlineno}"
    name = function.__name__
    marks: list[Any] = [mark for mark in getattr(function, "pytestmark", []) if mark.name == MARK]
    if not marks:
        raise UsageError(f"{place}: {name} has no mark: write @pytest.mark.check(cell=..., points=...) above it.")
    told = marks[0].kwargs
    points = told.get("points")
    if not isinstance(points, int | float) or isinstance(points, bool) or not points > 0:
        raise UsageError(f"{place}: the mark of {name} says no points: write points=1, or another number above 0.")
    if not isinstance(told.get("cell"), str):
        raise UsageError(f"{place}: the mark of {name} names no cell: write cell='...', the name of a test cell.")
    if unknown := set(told) - {"cell", "points", "needs"}:
        raise UsageError(f"{place}: the mark of {name} says {unknown.pop()!r}, which means nothing here.")
    return CheckRecord(
        name=name.removeprefix(PREFIX),
        cell=told["cell"],
        points=float(points),
        needs=tuple(told.get("needs", ())),
        title=" ".join((inspect.getdoc(function) or name.removeprefix(PREFIX)).split()),
        function=function,
        wants=tuple(inspect.signature(function).parameters),
        place=place,
    )
