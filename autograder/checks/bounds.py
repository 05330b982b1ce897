"""Bounds on measured quantities: what a check of training compares with, derived by `autograder calibrate`.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* a check measures the weights
that a training run leaves in the trace and asks here which bounds they cross. The bounds are data, in `bounds.json`
beside the checks of an assignment; `autograder.calibration` derives them from runs of right solutions.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args

from autograder.checks.outcome import fail
from autograder.errors import UsageError

Side = Literal["low", "high"]
FILE = "bounds.json"


def _logit(value: float) -> float:
    return math.log(value / (1 - value))


def _expit(value: float) -> float:
    return 1 / (1 + math.exp(-value))


# On these scales a quantity has no edges that its tail could not cross: name -> (there, back).
SCALES: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "log": (math.log, math.exp),
    "logit": (_logit, _expit),
}


@dataclass(frozen=True)
class Quantity:
    """One measured quantity.

    Attributes:
        name: its key in what is measured.
        title: what people read.
        scale: a key of `SCALES`: "log" for values above 0, "logit" for values between 0 and 1.
        sides: on which sides it is bounded.
    """

    name: str
    title: str
    scale: str
    sides: tuple[Side, ...]

    def is_complete(self) -> bool:
        """Whether its scale and its sides are ones that there are."""
        sides = isinstance(self.sides, tuple | list) and bool(self.sides) and set(self.sides) <= {*get_args(Side)}
        return sides and self.scale in SCALES

    def on_scale(self, value: float) -> bool:
        """Whether the scale has a place for it; 0 has no logarithm, and 1 no logit."""
        return 0 < value < (1 if self.scale == "logit" else math.inf)


@dataclass(frozen=True)
class Bound:
    """One side of one quantity.

    Attributes:
        quantity: its name.
        side: "low" where smaller values are wrong, "high" where larger ones are.
        limit: the last value that is right.
        far: values beyond this one are wrong for sure; between `limit` and `far` a second run decides.
    """

    quantity: str
    side: Side
    limit: float
    far: float

    def crossed(self, value: float) -> bool:
        """Whether `value` is on the wrong side of the limit; what is not a number always is."""
        return not (value >= self.limit if self.side == "low" else value <= self.limit)

    def near(self, value: float) -> bool:
        """Whether `value` crosses the limit, but not by so much that one run is enough."""
        return self.crossed(value) and (value >= self.far if self.side == "low" else value <= self.far)


@dataclass(frozen=True)
class Quality:
    """What is measured after the training of an assignment.

    Attributes:
        settings: of the run that the bounds hold for: they must be derived anew whenever these change.
        quantities: what is measured.
        measure: the quantities by name, of a solution that trains with that seed; None where it does not get so far.
    """

    settings: Mapping[str, Any]
    quantities: tuple[Quantity, ...]
    measure: Callable[[ModuleType, int], dict[str, float] | None]


@dataclass(frozen=True)
class Bounds:
    """The bounds that a check compares with: what its fixture `bounds` is."""

    bounds: tuple[Bound, ...]

    def hold(self, hint: str = "", mistake: str = "training-does-not-converge", **values: float) -> None:
        """Fail unless each measured quantity is within its bounds.

        Args:
            hint: what to try.
            mistake: its name.
            values: what was measured, by name of the quantity.

        Raises:
            UsageError: one of them has no bound, so nothing could be said of it.
        """
        unbounded = set(values) - {bound.quantity for bound in self.bounds}
        if unbounded:
            told = f"There is no bound for {unbounded.pop()!r}"
            raise UsageError(f"{told}: name it in QUANTITIES, and `autograder calibrate` derives one.")
        outside = crossed(tuple(bound for bound in self.bounds if bound.quantity in values), values)
        if outside:
            first = outside[0]
            wanted = f"{'at least' if first.side == 'low' else 'at most'} {first.limit:.3g}"
            told = f"the {first.quantity.replace('_', ' ')} is {values[first.quantity]:.3g}, expected {wanted}."
            near = all(bound.near(values[bound.quantity]) for bound in outside)
            fail(told, hint, mistake=mistake, near_threshold=near)


def bounds_file(place: Path) -> Path:
    """Where the bounds of an assignment stand: in the folder of its checks, or beside their one file."""
    return place / FILE if place.is_dir() else place.with_name(f"{place.stem}.{FILE}")


def read_bounds(place: Path) -> tuple[Bound, ...]:
    """The bounds of the checks in a folder or file.

    Raises:
        UsageError: there are none yet, or the file was not written by `autograder calibrate`.
    """
    file = bounds_file(place)
    if not file.is_file():
        raise UsageError(f"{file} is missing: `autograder calibrate {place.stem} --write` derives the bounds.")
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return tuple(Bound(**bound) for bound in data["bounds"])
    except (ValueError, TypeError, KeyError):
        again = f"`autograder calibrate {place.stem} --write` writes it anew"
        raise UsageError(f"{file} cannot be read: {again}.") from None


def crossed(bounds: tuple[Bound, ...], values: Mapping[str, float]) -> tuple[Bound, ...]:
    """The bounds that the measured values cross, in the order in which they stand."""
    return tuple(bound for bound in bounds if bound.crossed(values[bound.quantity]))
