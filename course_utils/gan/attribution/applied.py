"""The forms that the gradient which an optimizer applies may have, beside what backward passes left in it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the explanation of updates
(`course_utils.gan.attribution.updates`) tries them. Each of `FORMS` looks at the applied gradient, the expected one and
the weights, all flat vectors, and at the shapes of the parameters.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from course_utils.gan.attribution.least_squares import least_squares

FIT = 1e-3


def is_equal(applied: Tensor, expected: Tensor) -> bool:
    return float((applied - expected).norm()) <= FIT * float(applied.norm())


def is_multiple(applied: Tensor, expected: Tensor, *_: Any) -> bool:
    """The expected gradient, or a positive multiple of it: clipped by its norm, or averaged."""
    factor = float(applied @ expected / expected.square().sum())
    return factor > 0 and float((applied - factor * expected).norm()) <= FIT * float(applied.norm())


def is_clipped_by_value(applied: Tensor, expected: Tensor, *_: Any) -> bool:
    """Cut off at some number, and perhaps scaled before or after that, as who clips by value and by norm has it."""
    limit = applied.abs().max()
    inside = (applied.abs() < (1 - FIT) * limit) & (applied != 0)  # what is nearer fits as if it were cut off
    # Where all is cut off, only the signs are left.
    factor = float((applied[inside] / expected[inside]).median()) if bool(inside.any()) else torch.inf
    cut_off = torch.where(expected == 0, 0.0, factor * expected).clamp(-limit, limit)
    return factor > 0 and float((applied - cut_off).norm()) <= FIT * float(applied.norm())


def has_weight_penalty(applied: Tensor, expected: Tensor, weights: Tensor, *_: Any) -> bool:
    """A multiple of the expected gradient plus that of an L2 or L1 term in the weights."""
    for penalty in (weights, weights.sign()):
        basis = torch.stack([expected / expected.norm(), penalty / penalty.norm().clamp(min=1e-300)])  # (2, n)
        gram = basis @ basis.T
        if float(torch.linalg.det(gram)) < 1e-9:
            continue
        factors = torch.linalg.solve(gram, basis @ applied)
        left = applied - factors @ basis
        if float(factors[0]) > 0 and float(left.norm()) <= FIT * float(applied.norm()):
            return True
    return False


def is_clipped_by_parameter(applied: Tensor, expected: Tensor, weights: Tensor, shapes: Sequence[torch.Size]) -> bool:
    """Each parameter's gradient scaled on its own."""
    return _are_multiples(applied, expected, shapes, [1 for _ in shapes])


def is_clipped_by_unit(applied: Tensor, expected: Tensor, weights: Tensor, shapes: Sequence[torch.Size]) -> bool:
    """The gradient of each unit scaled on its own, as adaptive clipping does (Brock et al. 2021), or that of a bias."""
    return _are_multiples(applied, expected, shapes, [shape[0] if len(shape) > 1 else 1 for shape in shapes])


def _are_multiples(applied: Tensor, expected: Tensor, shapes: Sequence[torch.Size], groups: Sequence[int]) -> bool:
    """Each group of a parameter's numbers is a positive multiple of what is expected; none where nothing is."""
    sizes = [shape.numel() for shape in shapes]
    for number, a, e in zip(groups, applied.split(sizes), expected.split(sizes), strict=True):
        rows, wanted = a.reshape(number, -1), e.reshape(number, -1)  # (groups, numbers)
        factors = (rows * wanted).sum(1) / wanted.square().sum(1)
        left = (rows - factors[:, None] * wanted).norm(dim=1)
        fits = (factors > 0) & (left <= FIT * rows.norm(dim=1))
        if not bool(torch.where(wanted.any(1), fits, ~rows.any(1)).all()):
            return False
    return True


def is_centralized(applied: Tensor, expected: Tensor, weights: Tensor, shapes: Sequence[torch.Size]) -> bool:
    """Without the mean over the inputs of each unit, as gradient centralization has it (Yong et al. 2020)."""
    sizes = [shape.numel() for shape in shapes]
    parts = [part.reshape(shape) for shape, part in zip(shapes, expected.split(sizes), strict=True)]
    centred = [part - part.mean(1, keepdim=True) if part.dim() > 1 else part for part in parts]
    return is_multiple(applied, torch.cat([part.flatten() for part in centred]))


def is_weighted_sum(applied: Tensor, totals: Sequence[Tensor]) -> bool:
    """The sum of two losses' gradients, each times a positive number of its own.

    Who takes the part out of one that is against the other (Yu et al. 2020), or makes both equally long, gets such a
    sum; a negative number would turn a loss round, and is for a person.
    """
    if not all(bool(total.any()) for total in totals):
        return False
    design = torch.stack([total / total.norm() for total in totals], dim=1)  # (parameters, 2)
    factors = least_squares(design, applied)
    left = float((design @ factors - applied).norm())
    return left <= FIT * float(applied.norm()) and bool((factors > FIT * float(applied.norm())).all())


FORMS = (
    is_multiple,
    is_clipped_by_value,
    has_weight_penalty,
    is_clipped_by_parameter,
    is_clipped_by_unit,
    is_centralized,
)
