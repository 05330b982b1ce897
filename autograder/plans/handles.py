"""What stands in a plan for something that is not there yet: a result, a student's function, the rows of an argument.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* an author passes these on while a
plan is built, and a check gets results in their place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from coursekit.plans.coding import Given, Student
from coursekit.plans.values import Key


@dataclass(frozen=True)
class Handle:
    """The promise of what a step gives: an argument of later steps, or something to look at."""

    step: int
    label: str
    path: tuple[Any, ...] = ()

    def part(self, name: str) -> "Handle":
        """An attribute of it, such as the `encoder` of a model or its method `eval`; only for later steps."""
        return Handle(self.step, f"{self.label}.{name}", (*self.path, name))

    def __getitem__(self, item: Key) -> "Handle":
        """An item of it: of a list or tuple by its place, of a dict by its key."""
        return Handle(self.step, f"{self.label}[{item!r}]", (*self.path, ("item", item)))


@dataclass(frozen=True)
class Each:
    """An argument of repeated calls, of which each call gets another row."""

    rows: Any


def each(rows: Tensor | Sequence[Any]) -> Each:
    """Of this argument each of the repeated calls gets another row, again from the first when all are used."""
    return Each(rows)


def student(name: str) -> Student:
    """A student's function or class as an argument."""
    return Student(name)


def given(place: str) -> Given:
    """Something of a module, or of a class in it, as an argument or to be called: `given("torch.nn:ReLU")`."""
    return Given(place)
