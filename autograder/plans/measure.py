"""Quantities with bounds: what a check measures after training, and what it must lie between.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* a check gives what it has
measured to the fixture `bounds`, which fails it where a bound is crossed. `autograder calibrate` derives the bounds: it
runs the same check over right solutions, many times, with a fixture that only takes note.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import torch

from autograder.checks.bounds import Quality, bounds_file, read_bounds
from autograder.checks.outcome import CheckEnded
from autograder.errors import UsageError
from autograder.plans.checks_file import CheckRecord, Declared
from autograder.plans.declare import bind, seen_of
from autograder.plans.door import read_answers
from autograder.plans.results import Result
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import Run
from coursekit.plans.steps import write_plan
from coursekit.plans.storing import store_answers

FIXTURE = "bounds"


@dataclass(frozen=True)
class TakingNote:
    """In the place of bounds while they are derived."""

    values: dict[str, float] = field(default_factory=dict)

    def hold(self, hint: str = "", mistake: str = "", **values: float) -> None:
        """Take note."""
        self.values.update({name: float(value) for name, value in values.items()})


def measuring_checks(declared: Declared) -> tuple[CheckRecord, ...]:
    """The checks that measure something."""
    return tuple(check for check in declared.checks.values() if FIXTURE in check.wants)


def quality_of(declared: Declared) -> Quality | None:
    """What is measured, and how; None if nothing is.

    Raises:
        UsageError: a measuring check has no quantities, or wants what only pytest can give.
    """
    measuring = measuring_checks(declared)
    if not measuring:
        return None
    if not declared.quantities:
        told = f"{measuring[0].name} takes the fixture {FIXTURE!r}, and there are no QUANTITIES in its file"
        raise UsageError(f"{measuring[0].place}: {told}.")
    for check in measuring:
        strange = set(check.wants) - set(declared.plans) - {FIXTURE}
        if strange:
            raise UsageError(
                f"{check.place}: {check.name} wants {strange.pop()!r}; a check that measures takes plans only."
            )
    settings = {"checks": inspect.getsource(inspect.getmodule(measuring[0].function) or measuring[0].function)}
    return Quality(settings, declared.quantities, lambda solution, seed: measure(declared, solution, seed))


def require_bounds(declared: Declared) -> None:
    """Make sure that checks which measure something have bounds to compare it with.

    Raises:
        UsageError: there are none, or none for one of the quantities.
    """
    if not measuring_checks(declared):
        return
    place = declared.place
    known = {bound.quantity for bound in read_bounds(place)}
    missing = [quantity.name for quantity in declared.quantities if quantity.name not in known]
    if missing:
        again = f"`autograder calibrate {place.stem} --write` derives them"
        raise UsageError(f"{bounds_file(place)} has no bounds for {missing[0]!r}: {again}.")


def measure(declared: Declared, solution: ModuleType, seed: int) -> dict[str, float] | None:
    """What the measuring checks measure of a solution, with plans of that seed; None where it does not get so far."""
    note = TakingNote()
    for check in measuring_checks(declared):
        results = {name: _results(declared, name, solution, seed) for name in check.wants if name != FIXTURE}
        torch.set_default_dtype(torch.float32)  # a solution may have set another; this is the one of whoever judges
        try:
            check.function(**results, bounds=note)
        except CheckEnded:
            return None
    return note.values


def _results(declared: Declared, name: str, solution: ModuleType, seed: int) -> Any:
    record = declared.plans[name]
    ask, returned = record.ask(record.seed_of(seed))
    given: Mapping[str, Any] = vars(solution)
    recorded = store_answers(run_plan(ask.built, ask.tensors, given))
    asked = write_plan(ask.built, ask.tensors)
    run = Run(ask.built, read_answers(asked, recorded, name))
    return bind(returned, lambda handle: Result(seen_of(run, handle)))
