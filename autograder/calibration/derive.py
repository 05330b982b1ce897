"""From runs to bounds: how far from right solutions a bound must lie for a stated share of false failures.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the statistics
behind the check of training. On a scale where a quantity has no edges (log or logit), the tail of all right runs
beyond their 95 % quantile is taken to fall off exponentially, with the mean excess that was seen: the
peaks-over-threshold method with shape 0 (Coles, *An Introduction to Statistical Modeling of Extreme Values*, 2001,
chapter 4). Whether that holds is tested, not believed: bounds from four fifths of the seeds are tried on the rest.
"""

import decimal
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scipy.stats import binomtest

from autograder.calibration.runs import Run
from autograder.checks.bounds import SCALES, Bound, Quantity, Side, crossed
from autograder.errors import UsageError

TAIL = 0.05  # the share of runs that count as the tail
LEAST_TAIL = 5  # so many runs at least: one alone has no excess, and `far` would be where `limit` is
FAR = 1e-2  # beyond `far` a right run falls so many times more rarely than beyond `limit`
FOLDS = 5
HELP = {  # what to do about a value that a scale has no place for
    "log": "measure something that is always above 0",
    "logit": "a share of n, which can be 0 or 1, fits as (count + 0.5) / (n + 1)",
}
QUANTILES = (0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1)


@dataclass(frozen=True)
class Calibration:
    """Bounds, and the evidence for them.

    Attributes:
        assignment: name of the assignment.
        settings: of the training run that the bounds hold for.
        second_runs: the share of right runs that may cross a limit, and are then run again; the share that may go far
            beyond one, and fail at once, is `FAR` times as large.
        designs: how many right designs.
        runs: how many runs of them.
        held_out_crossings: how many runs of each design, where any, cross a limit that was derived without their seed.
        held_out_failures: how many would be failed by those: far beyond a limit, or crossing one in the next run too.
        upper_95: the upper end of the one-sided 95 % interval of that rate (Clopper and Pearson 1934).
        bounds: derived from all right runs.
        quantiles: of each quantity over all right runs, by name and by `QUANTILES`.
        detection: for each wrong solution, how many of its runs fail, of how many.
    """

    assignment: str
    settings: dict[str, Any]
    second_runs: float
    designs: int
    runs: int
    held_out_crossings: dict[str, int]
    held_out_failures: int
    upper_95: float
    bounds: tuple[Bound, ...]
    quantiles: dict[str, dict[str, float]]
    detection: dict[str, tuple[int, int]]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def derive(
    assignment: str,
    settings: dict[str, Any],
    quantities: Sequence[Quantity],
    runs: Sequence[Run],
    second_runs: float,
) -> Calibration:
    """Derive the bounds and test them.

    Args:
        assignment: name of the assignment.
        settings: of the runs.
        quantities: what was measured.
        runs: of right and of wrong solutions.
        second_runs: the share of right runs that may cross a limit and be run again.

    Raises:
        UsageError: no right run was measured, or a value has no place on the scale of its quantity.
    """
    right = [run for run in runs if run.kind == "right"]
    _require_on_scale(quantities, right)
    bounds = _bounds(quantities, right, second_runs)
    crossings, failures = _hold_out(quantities, right, second_runs)
    detection: dict[str, list[bool]] = defaultdict(list)
    for run in runs:
        if run.kind == "wrong":
            detection[run.solution].append(_crosses(bounds, run))
    interval = binomtest(failures, len(right), alternative="less").proportion_ci(0.95, method="exact")
    return Calibration(
        assignment=assignment,
        settings=settings,
        second_runs=second_runs,
        designs=len({run.solution for run in right}),
        runs=len(right),
        held_out_crossings=dict(sorted(crossings.items())),
        held_out_failures=failures,
        upper_95=float(interval.high),
        bounds=bounds,
        quantiles={quantity.name: _quantiles(quantity.name, right) for quantity in quantities},
        detection={name: (sum(caught), len(caught)) for name, caught in sorted(detection.items())},
    )


def _bounds(quantities: Sequence[Quantity], right: Sequence[Run], second_runs: float) -> tuple[Bound, ...]:
    each = second_runs / sum(len(quantity.sides) for quantity in quantities)
    return tuple(
        Bound(
            quantity.name,
            side,
            _round_outwards(_tail(quantity, side, right, each), side, quantity.scale),
            _round_outwards(_tail(quantity, side, right, each * FAR), side, quantity.scale),
        )
        for quantity in quantities
        for side in quantity.sides
    )


def _tail(quantity: Quantity, side: Side, right: Sequence[Run], probability: float) -> float:
    """The value that a right run lies beyond with that probability, by the exponential tail."""
    there, back = SCALES[quantity.scale]
    sign = 1 if side == "high" else -1
    values = sorted(sign * there(run.values[quantity.name]) for run in right if run.values is not None)
    share = max(TAIL, min(LEAST_TAIL / len(values), 1.0))
    tail = values[-round(share * len(values)) :]
    mean_excess = statistics.fmean(tail) - tail[0]
    return back(sign * (tail[0] + mean_excess * math.log(share / probability)))


def _require_on_scale(quantities: Sequence[Quantity], right: Sequence[Run]) -> None:
    measured = [(run, run.values) for run in right if run.values is not None]
    if not measured:
        raise UsageError(
            "The training of no right solution could be measured: give it one that passes the other checks."
        )
    for run, values in measured:
        for quantity in quantities:
            if quantity.name not in values:
                raise UsageError(
                    f"{quantity.name} is among QUANTITIES, and no check holds it: bounds.hold({quantity.name}=...)."
                )
            value = values[quantity.name]
            if not quantity.on_scale(value):
                raise UsageError(
                    f"{quantity.name} is {value:g} for the right solution {run.solution} (seed {run.seed}), "
                    f"which the scale {quantity.scale!r} has no place for: {HELP[quantity.scale]}."
                )


def _round_outwards(value: float, side: Side, scale: str) -> float:
    """Three significant digits, never so that a bound moves towards what is right.

    Near 1 on the logit scale they are those of the distance to 1, so that 0.99985 does not become 1.
    """
    if scale == "logit" and value > 0.5:
        return float(1 - decimal.Decimal(repr(_round_outwards(1 - value, "high" if side == "low" else "low", scale))))
    rounding = decimal.ROUND_FLOOR if side == "low" else decimal.ROUND_CEILING
    return float(decimal.Context(prec=3, rounding=rounding).create_decimal_from_float(value))


def _round(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")


def _quantiles(name: str, right: Sequence[Run]) -> dict[str, float]:
    values = sorted(run.values[name] for run in right if run.values is not None)
    return {f"{100 * share:g} %": _round(values[round(share * (len(values) - 1))]) for share in QUANTILES}


def _crosses(bounds: tuple[Bound, ...], run: Run) -> bool:
    return run.values is None or bool(crossed(bounds, run.values))


def _crosses_far(bounds: tuple[Bound, ...], run: Run) -> bool:
    values = run.values
    return values is None or any(not bound.near(values[bound.quantity]) for bound in crossed(bounds, values))


def _hold_out(quantities: Sequence[Quantity], right: Sequence[Run], second_runs: float) -> tuple[Counter[str], int]:
    """How many runs cross bounds that were derived without the seeds of their fifth, and how many would be failed.

    As in grading, a run that crosses a bound without going far beyond it is decided by another one: that of the
    next seed.
    """
    seeds = sorted({run.seed for run in right})
    by_seed = {(run.solution, run.seed): run for run in right}
    following = dict(zip(seeds, [*seeds[1:], *seeds[:1]], strict=True))
    crossings: Counter[str] = Counter()
    failures = 0
    for fold in range(FOLDS):
        held_out = set(seeds[fold::FOLDS])
        bounds = _bounds(quantities, [run for run in right if run.seed not in held_out], second_runs)
        for run in right:
            if run.seed in held_out and _crosses(bounds, run):
                crossings[run.solution] += 1
                second = by_seed[run.solution, following[run.seed]]
                failures += _crosses_far(bounds, run) or _crosses(bounds, second)
    return crossings, failures
