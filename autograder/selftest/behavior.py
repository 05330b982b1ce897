"""What a solution does, as numbers, so that mutants that change nothing can be discarded.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this knows nothing of right
and wrong. Each kind of experiment says what it observes (`autograder.experiments`).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

TOLERANCE = 1e-6  # the same sum in another order differs by about 1e-7 in float32


@dataclass(frozen=True)
class Behavior:
    """Numbers in the order in which they arose.

    Attributes:
        losses: values and gradients of the losses, each called alone.
        training: weights, data and returned losses after every training step.
        errors: where something was raised, and its kind.
    """

    losses: tuple[Tensor, ...] = ()
    training: tuple[Tensor, ...] = ()
    errors: tuple[str, ...] = ()

    def __add__(self, other: "Behavior") -> "Behavior":
        return Behavior(
            self.losses + other.losses, self.training + other.training, tuple(dict.fromkeys(self.errors + other.errors))
        )


def alike(a: Behavior, b: Behavior) -> bool:
    """Whether two solutions did the same, but for rounding."""
    return a.errors == b.errors and _equal(a.losses, b.losses) and _equal(a.training, b.training)


def train_alike(a: Behavior, b: Behavior) -> bool:
    """Whether two solutions train, and train the same weights, whatever their losses do when they are called alone."""
    return bool(a.training) and a.errors == b.errors and _equal(a.training, b.training)


def _equal(a: tuple[Tensor, ...], b: tuple[Tensor, ...]) -> bool:
    return len(a) == len(b) and all(
        p.shape == q.shape and torch.allclose(p, q, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        for p, q in zip(a, b, strict=True)
    )
