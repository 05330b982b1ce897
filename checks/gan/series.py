"""Whether a series of numbers, one for each step, is another one: up to a factor, added up, averaged, or a function.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is what the check of
returned losses (`checks.gan.stale`) compares by; it knows series only, each a tensor `(steps,)`.
"""

from collections.abc import Sequence
from itertools import product

import torch
from torch import Tensor

from course_utils.gan.attribution.least_squares import least_squares

SAME = 1e-3  # relative spread of the factor between two series that are the same
COUNTS = 0.05  # the least share of a sum that a term has
EXACT = 0.01  # of its changes that a sum may leave; sums leave 1e-5, other series as much as they change themselves


def is_proportional(returned: Tensor, series: Tensor) -> bool:
    ratio = returned / series
    return bool(ratio.isfinite().all() and ratio.any()) and float(ratio.std()) <= SAME * float(ratio.mean().abs())


def is_equal(returned: Tensor, series: Tensor) -> bool:
    return bool(((returned - series).abs() <= SAME * series.abs()).all())


def is_total_so_far(returned: Tensor, series: Tensor) -> bool:
    return is_proportional(returned.diff(), series[1:])


def is_mean_so_far(returned: Tensor, series: Tensor) -> bool:
    """Whether the numbers are the mean of the series, and of what was there in any number of steps before it.

    With n such steps, (n + t + 1) r(t) - (n + t) r(t - 1) is a multiple of the step's own number.
    """
    steps = torch.arange(len(returned)).double()
    own = (returned * (steps + 1)).diff()
    design = torch.stack([returned.diff(), -series[1:]], dim=1)  # (steps - 1, 2): for n and the weight
    before, weight = least_squares(design, -own).tolist()
    left = float((before * design[:, 0] + weight * design[:, 1] + own).norm())
    return before > -0.5 and weight > 0 and _is_nothing(left, own)


def is_average(returned: Tensor, series: Tensor) -> bool:
    """Whether each number is a part of the one before plus a part of the step's own."""
    design = torch.stack([returned[:-1], series[1:]], dim=1)  # (steps - 1, 2)
    factors = least_squares(design, returned[1:])
    left = float((design @ factors - returned[1:]).norm())
    return left <= SAME / 10 * float(returned.norm()) and 0.05 < float(factors[0]) < 1 - SAME and float(factors[1]) > 0


def is_function(returned: Tensor, series: Tensor) -> bool:
    """Whether the numbers are the logarithm, root or square of the series, up to a factor and, of the first, a base."""
    if bool((series <= 0).any()):
        return False
    design = torch.stack([series.log(), torch.ones_like(series)], dim=1)  # (steps, 2)
    left = design @ least_squares(design, returned) - returned
    is_logarithm = float(left.norm()) < SAME / 10 * float((returned - returned.mean()).norm())
    return is_logarithm or is_proportional(returned, series.sqrt()) or is_proportional(returned, series.square())


def is_total(returned: Tensor, own: dict[str, list[Tensor]]) -> bool:
    """Whether the numbers are a sum of all three losses, each with a weight of its own and a part that shows."""
    return any(bool((_shares(returned, chosen) > SAME).all()) for chosen in product(*own.values()))


def is_sum(returned: Tensor, first: Tensor, second: Tensor) -> bool:
    """Whether the numbers are a sum or a difference of these two, each with a weight and a part that counts."""
    return bool((_shares(returned, (first, second)).abs() > COUNTS).all())


def _shares(returned: Tensor, series: Sequence[Tensor]) -> Tensor:
    """How much of the numbers each of some series is where they sum up to them, `(series,)`; 0 where they do not."""
    design = torch.stack(list(series), dim=1)  # (steps, series)
    factors = least_squares(design, returned)
    left = float((design @ factors - returned).norm())
    shares = factors * design.norm(dim=0) / float(returned.norm())
    return shares if _is_nothing(left, returned) else torch.zeros_like(shares)


def _is_nothing(left: float, series: Tensor) -> bool:
    """Whether what a fit leaves of a series is small, even beside its changes from step to step."""
    return left <= SAME / 10 * float(series.norm()) and left <= EXACT * float((series - series.mean()).norm())
