"""`@plan`: a function that asks, known to the engine as a plan and to pytest as a fixture of its results.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the same function stands at both
ends: carried out to ask, and carried out again, with the same seed, to give the results to the checks.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.checks.plugin import TraceFolder
from autograder.errors import UsageError
from autograder.plans.ask import Ask, PlanError
from autograder.plans.handles import Handle
from autograder.plans.results import Result
from coursekit.plans.looks import Run, Seen
from coursekit.plans.steps import read_plan

Build = Callable[[Ask], Any]
_RECORDS = "__plans__"  # the plans of a module lie in it under this name, in the order in which they are written


@dataclass(frozen=True)
class PlanRecord:
    """One declared plan.

    Attributes:
        name: of the function, and of the plan's folder.
        cell: the test cell that it belongs to.
        build: the function.
        public: whether the kit holds it, with a seed that everybody knows.
        slow: whether a quick selftest leaves it out.
    """

    name: str
    cell: str
    build: Build
    public: bool = False
    slow: bool = False

    @property
    def place(self) -> str:
        """File and line."""
        code = self.build.__code__
        return f"{Path(code.co_filename)}, line {code.co_firstlineno}"

    def ask(self, seed: int, public: bool = False) -> tuple[Ask, Any]:
        """The built plan, and what its function returned.

        Raises:
            UsageError: it cannot be built.
        """
        ask = Ask(self.cell, seed, public)
        try:
            returned = self.build(ask)
        except PlanError as error:
            raise UsageError(f"{self.place}: the plan {self.name} {error}.") from None
        except Exception as error:
            told = f"{type(error).__name__}: {error}".replace("\n", " ")
            raise UsageError(f"{self.place}: the plan {self.name} stops with {told}.") from error
        return ask, returned

    def seed_of(self, seed: int | None) -> int:
        """The seed of this plan, from the seed of all; None stands for the one that everybody may know."""
        digest = hashlib.sha256(f"{'public' if seed is None else seed} {self.name}".encode()).digest()
        return int.from_bytes(digest[:4], "big") >> 1


def plan(cell: str, *, public: bool = False, slow: bool = False) -> Callable[[Build], Any]:
    """Declare a plan.

    Args:
        cell: the test cell that it belongs to.
        public: whether the kit holds it, too: with a fixed seed, and with what the checks expect of it.
        slow: whether a quick selftest leaves it out.
    """

    def declare(build: Build) -> Any:
        name = build.__name__
        record = PlanRecord(name, cell, build, public, slow)
        build.__globals__.setdefault(_RECORDS, {})[name] = record

        def results(trace: TraceFolder) -> Any:
            return read_results(record, trace)

        return pytest.fixture(scope="session", name=name)(results)

    return declare


def plans_of(module: ModuleType) -> Mapping[str, PlanRecord]:
    """The plans that a module declares, by name, in their order."""
    return dict(vars(module).get(_RECORDS, {}))


def read_results(record: PlanRecord, trace: TraceFolder) -> Any:
    """What the function of a plan returned, with results in the place of handles.

    Raises:
        TraceError: what was recorded cannot be read, or is no answer to the plan.
        CheckEnded: nothing was recorded.
    """
    answers = trace.recorded(record.name)
    asked = trace.asked(record.name)
    run = Run(read_plan(asked), answers)
    _, returned = record.ask(asked.data["seed"])
    return bind(returned, lambda handle: Result(seen_of(run, handle)))


def seen_of(run: Run, handle: Handle) -> Seen:
    """What a handle stands for, among the answers of a run.

    Raises:
        TypeError: it is an attribute, which is nothing that was recorded.
    """
    if not all(isinstance(part, tuple) for part in handle.path):
        raise TypeError(f"{handle.label} is only for later steps of its plan: ask for its state, or call it.")
    return Seen(run, handle.step, tuple(part[1] for part in handle.path))


def bind(value: Any, result: Callable[[Handle], Any]) -> Any:
    """A value with results in the place of the handles in it."""
    if isinstance(value, Handle):
        return result(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(bind(item, result) for item in value))
    if isinstance(value, list | tuple):
        return type(value)(bind(item, result) for item in value)
    return {key: bind(item, result) for key, item in value.items()} if isinstance(value, dict) else value
