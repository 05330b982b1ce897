"""Composes right designs: one part of each axis, drawn by a seeded generator, as long as they fit together.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these extend the matrix of
known right designs by combinations that nobody wrote down. Each part is right whatever the others are; `fits` says
which do not go together.
"""

import random
from dataclasses import dataclass

from autograder.errors import UsageError
from autograder.selftest.designs.loss_parts import ABOVE_ONE, HARD, WITH_ANY_LABEL, Part
from autograder.selftest.designs.parts import AXES, OF_ASSIGNMENT, USUAL
from autograder.selftest.designs.source import Parts, conditional, solution
from autograder.selftest.designs.step import write_step

WITHOUT_LABELS = {"logits from layers", "one batch", "one batch twice", "in two parts", "d ga", "ga d"}


@dataclass(frozen=True)
class Design:
    """A right design.

    Attributes:
        number: that it was drawn by.
        parts: the name of the part of each axis.
        source: of its file.
    """

    number: int
    parts: dict[str, str]
    source: str

    @property
    def name(self) -> str:
        return f"design_{self.number:04d}"


def all_axes(assignment: str) -> dict[str, tuple[Part, ...]]:
    """The axes of an assignment.

    Raises:
        UsageError: there are no parts for it.
    """
    if assignment not in OF_ASSIGNMENT:
        raise UsageError(f"Designs are composed for {' and '.join(OF_ASSIGNMENT)} only, not for {assignment}.")
    return {**AXES, **OF_ASSIGNMENT[assignment]}


def compose(number: int, assignment: str = "hw2") -> Design:
    """The design of a number; equal numbers give equal designs.

    One part follows from the number, so that so many designs as there are parts have them all, but for those of
    homework 2 that do not go with labels.

    Raises:
        UsageError: there are no parts for the assignment.
    """
    generator = random.Random(f"design {number}")
    axes = all_axes(assignment)
    usable = [(axis, part) for axis, parts in axes.items() for part in parts if _usable(assignment, part)]
    axis, part = usable[number % len(usable)]
    parts = _draw(axes, generator) | {axis: part}
    while not fits(parts):
        parts = _draw(axes, generator) | {axis: part}
    names = {axis: part.name for axis, part in parts.items()}
    return Design(number, names, solution(parts, f"composed design {number}", write_step(parts)))


def _usable(assignment: str, part: Part) -> bool:
    return assignment == "hw2" or part.name not in WITHOUT_LABELS


def _draw(axes: dict[str, tuple[Part, ...]], generator: random.Random) -> Parts:
    parts = {}
    for axis, choices in axes.items():
        usual = axis in USUAL and generator.random() < USUAL[axis]
        parts[axis] = choices[0] if usual else generator.choice(choices)
    return parts


def fits(parts: Parts) -> bool:
    """Whether parts go together: what would be another thing than it says, or no Python, does not."""
    name = {axis: part.name for axis, part in parts.items()}
    separate = not name["batches"].startswith("one batch")
    joint = "ga" in name["order"]
    return all(
        (
            # layers alone get no label; terms of three kinds have weights; E has a loss of its own
            not conditional(parts) or (not joint and not WITHOUT_LABELS & set(name.values())),
            # torch's cross-entropy of probabilities refuses labels above 1
            name["labels"] != ABOVE_ONE or name["cross-entropy"] in WITH_ANY_LABEL,
            name["cross-entropy"] != "softplus" or (name["labels"] == HARD and separate),
            # D's loss would leave a gradient in G that the only optimizer applies at once
            name["layout"] != "one" or name["fakes"] != "not detached" or name["backward"] == "by hand",
            # where an optimizer holds more than a loss reaches, a gradient of zeros lets its momentum move the rest
            name["zeroing"] != "filled with zeros"
            or name["layout"] == "three networks"
            or (name["layout"] == "two" and joint),
            # G is held twice there, and would be moved twice by one gradient
            name["layout"] != "three losses" or not joint,
            name["layout"] != "LBFGS" or (not joint and name["zeroing"] != "own, before the loss"),
            # G would be judged on images of another scale than D was trained on
            name["images"] not in ("rescaled", "brightness") or name["noise for G"] == "same",
            name["images"] != "as they are" or name["noise for G"] == "clean",
            name["backward"] != "in two parts" or (name["calls"] == "inline" and name["batches"] == "separate"),
            name["backward"] != "accumulated" or name["calls"] == "functions",
            name["backward"] != "by hand" or name["layout"] != "one" or not joint,  # D would have to be left out
        )
    )
