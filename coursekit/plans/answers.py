"""What came of the steps of a plan: one answer for each step, or the problem that stood in its way.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these records are what a trace of
a plan says. They are made by `coursekit.plans.interpreter`; the autograder makes them again from a stored trace.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from coursekit.plans.values import Value


class ProblemKind(enum.StrEnum):
    """Why a step gave nothing."""

    RAISED = "raised"
    UNDEFINED = "undefined"  # the name of a function or class that the test cell is to give
    UNWRITTEN = "unwritten"
    LATE = "late"
    SKIPPED = "skipped"  # an earlier step that it needs gave nothing
    BROKEN = "broken"  # the plan itself asks for what there is not: no fault of the student


@dataclass(frozen=True)
class Problem:
    """A step that gave nothing.

    Attributes:
        kind: why.
        type, message, line, function: what was raised, and where in the student's code, as far as that is known.
        step: for a skipped step, the number of the first one that gave nothing; else its own.
        turns: how many of the calls of a repeated one were done before.
        bases: the names of the classes that the one of the error is derived from.
    """

    kind: ProblemKind
    type: str = ""
    message: str = ""
    line: str = ""
    function: str = ""
    step: int = 0
    turns: int = 0
    bases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """The step was taken, and there is nothing to tell."""


@dataclass(frozen=True)
class Returned:
    """Of a call: what it returned and printed, and which of its arguments are not what they were before.

    `dropped` is how many characters it printed beyond those that are kept.
    """

    value: Value
    printed: str = ""
    changed: tuple[str, ...] = ()
    dropped: int = 0


@dataclass(frozen=True)
class Built:
    """Of a module: the shape of each of its parameters, by name."""

    shapes: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Reached:
    """Gradients of a value with regard to parts: by name of the part and of the tensor in it; none where it is None.

    `cut` says that the value has no graph at all.
    """

    cut: bool
    parts: Mapping[str, Mapping[str, Tensor | None]]


@dataclass(frozen=True)
class Held:
    """Tensors that something holds, by name: the weights of a module, or the gradients that lie in it."""

    tensors: Mapping[str, Tensor | None]
    training: bool | None = None


@dataclass(frozen=True)
class Group:
    """One group of parameters of an optimizer: its learning rate, and the names of the parameters in the model."""

    lr: float
    parameters: tuple[str | None, ...]


@dataclass(frozen=True)
class Groups:
    """Of the state of an optimizer."""

    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Axes:
    """What is drawn in one pair of axes; a line is (n, 2), its points, and a chart of bars (n,), their lengths."""

    title: str
    x_label: str
    y_label: str
    lines: tuple[Tensor, ...]
    labels: tuple[str, ...]
    images: int
    bars: tuple[Tensor, ...]


@dataclass(frozen=True)
class Figures:
    """The figures that were drawn, each as its axes."""

    figures: tuple[tuple[Axes, ...], ...]


Answer = Done | Returned | Built | Reached | Held | Groups | Figures | Problem
