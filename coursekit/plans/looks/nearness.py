"""How near tensors are to those that are expected, and how a difference is told.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the looks at values compare with
these, which know nothing of answers.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from coursekit.plans.looks.exact import holds_whole

TOLERANCE = 1e-4  # relative to the largest expected value: float32 sums of a few thousand terms stay below 1e-5
SMALLEST_SCALE = 1e-3  # nothing is compared more finely than for a largest value of this size


def flat(value: Any) -> Tensor:
    """An expected value as a tensor; of a dict of tensors, all behind each other."""
    if isinstance(value, Mapping):
        tensors = [torch.as_tensor(tensor).detach().double().flatten() for tensor in value.values()]
        return torch.cat(tensors) if tensors else torch.zeros(0, dtype=torch.float64)
    return torch.as_tensor(value).detach()


def _alike(got: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Both in one type that holds them: whole numbers stay what they are."""
    kind = torch.int64 if holds_whole(got) and holds_whole(right) else torch.float64
    kind = torch.complex128 if got.is_complex() or right.is_complex() else kind
    return got.to(kind), right.to(kind)


def minus(one: Tensor, other: Tensor) -> Tensor:
    """The difference, in a type that holds it."""
    one, other = _alike(one, other)
    return one - other


def is_near(got: Tensor, right: Tensor, tolerance: float | None, scale: float = 0.0) -> bool:
    """Whether all are within a tolerance, relative to the largest; whole numbers have one only where it is named."""
    got, right = _alike(got, right)
    if tolerance is None and holds_whole(right):
        return torch.equal(got, right)
    relative = TOLERANCE if tolerance is None else tolerance
    near = (got - right).abs() <= relative * max(scale, largest(right), SMALLEST_SCALE)
    near |= got == right  # infinities are equal or not
    return bool((near | (got.isnan() & right.isnan())).all())


def largest(right: Tensor) -> float:
    """The largest finite number, whatever its sign."""
    right = right if right.is_complex() else right.double()
    return float(right.abs().nan_to_num(0, 0, 0).max()) if right.numel() else 0.0


def leave(got: Tensor, right: Tensor) -> Tensor:
    """As it is; in the place of `align`."""
    return got


def align(got: Tensor, right: Tensor) -> Tensor:
    """Each column with the sign that brings it closer, both (n, d)."""
    return got * torch.where((got * right).sum(0) >= 0, 1.0, -1.0)


def difference(name: str, got: Tensor, right: Tensor, moved: bool) -> str:
    """A sentence on the largest difference, and where it is."""
    what = "has not changed as it should" if moved else "does not have the right value"
    got, right = _alike(got, right)
    if got.ndim == 0:
        return f"{name} {what}: got {_digits(got, right, 6)}."
    far = (got - right).abs().double().nan_to_num(torch.inf, torch.inf)
    worst = int(torch.where(got == right, -1.0, far).argmax())
    place = [int(index) for index in torch.unravel_index(torch.tensor(worst), got.shape)]
    where = "" if len(place) == 1 and moved else f" at {place}"
    return f"{name} {what}{where}: got {_digits(got.flatten()[worst], right.flatten()[worst], 4)}."


def _digits(got: Tensor, right: Tensor, least: int) -> str:
    """Both numbers, with as many digits as it takes to tell them apart, and at least so many."""
    one, two = got.item(), right.item()
    if holds_whole(got):
        return f"{one}, expected {two}"
    for digits in (least, 6, 9, 17):
        if f"{one:.{digits}g}" != f"{two:.{digits}g}":
            break
    return f"{one:.{digits}g}, expected {two:.{digits}g}"


def size(expected: Any) -> str:
    """The shape of what is right, as the end of a sentence."""
    shape = tuple(expected.shape) if isinstance(expected, Tensor | np.ndarray) else ()
    return f", shape {shape}" if shape else ""
