"""Looks at random numbers: whether they are drawn anew, and from the right distribution.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* a right function is failed by
chance about once in a hundred million looks: means and deviations may stray by `SIGMAS` standard errors, and the
empirical distribution by what the inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's constant (1990) allows.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from coursekit.plans.looks.seen import Complaint, Seen, Slip, number_of
from coursekit.plans.looks.shapes import tensor_of
from coursekit.plans.values import Items, TensorValue, kind_of

SIGMAS = 6.0  # a normal variable is farther out with probability 2e-9
CHANCE = 1e-8  # of a right sample whose empirical distribution strays too far
LEAST_DRAWS = 100
CLOSE = 1e-5  # of a value, or of 1 where all are smaller: as near as float32 comes to one


def is_random(seen: Seen, again: Seen, about: Any = None, hint: str = "", mistake: str = "not-random") -> str:
    """It is drawn anew at each call, and for each row and column.

    Args:
        seen: what is looked at.
        again: another call with the same arguments.
        about: what is not random in it, such as the image that noise is added to; a tensor of the same shape.
        hint: what to try.
        mistake: its name.
    """
    one, two = _drawn(seen, hint), _drawn(again, hint)
    base = torch.zeros_like(one) if about is None else torch.as_tensor(about).double()
    if one.shape != base.shape or one.shape != two.shape:
        told = f"{seen.name} does not have the right shape: got {tuple(one.shape)}, expected {tuple(base.shape)}."
        raise Complaint(told, hint, "wrong-shape")
    noise = one - base
    if not bool(noise.any()):
        raise Complaint(f"{seen.name} holds no random numbers.", hint, mistake)
    if torch.equal(one, two):
        told = f"{seen.name} is the same at each call, expected that it is drawn anew."
        raise Complaint(told, hint or "Draw it inside of the function.", mistake)
    for dimension, where in enumerate(("row", "column")[: noise.ndim]):
        if noise.shape[dimension] > 1 and bool((noise - noise.narrow(dimension, 0, 1)).abs().max() < 1e-6):
            told = f"{seen.name} has the same random numbers in every {where}, expected other ones."
            raise Complaint(told, hint or "Draw as many numbers as there are elements.", mistake)
    return f"{seen.name} is drawn anew at each call."


def is_normal(
    seen: Seen,
    mean: Any = 0.0,
    std: Any = 1.0,
    slips: Sequence[tuple[Slip, Any]] = (),
    hint: str = "",
    mistake: str = "wrong-distribution",
) -> str:
    """Independent draws from normal distributions.

    Args:
        seen: what is looked at.
        mean, std: numbers, or tensors that fit to its shape.
        slips: well-known mistakes, each with the pair (mean, std) that it gives.
        hint: what to try.
        mistake: its name.
    """
    draws = _drawn(seen, hint)
    problem = _is_not_normal(_standardize(seen, draws, mean, std))
    if problem is None:
        return f"{seen.name} is normal, as it should be."
    for slip, (slipped_mean, slipped_std) in slips:
        if _is_not_normal(_standardize(seen, draws, slipped_mean, slipped_std)):
            continue
        hint, mistake, earned = slip.says, slip.name, slip.earned
        break
    else:
        earned = 0.0
    if isinstance(mean, int | float) and isinstance(std, int | float):
        got = f"got mean {draws.mean():.3f} and deviation {draws.std():.3f}, expected {mean:g} and {std:g}"
    else:
        got = f"its {problem} is another one"
    raise Complaint(f"{seen.name} is not drawn from the right normal distribution: {got}.", hint, mistake, earned)


def is_uniform(
    seen: Seen, low: float = 0.0, high: float = 1.0, hint: str = "", mistake: str = "wrong-distribution"
) -> str:
    """Independent draws from the uniform distribution between two numbers."""
    draws = _drawn(seen, hint)
    unit = ((draws - low) / (high - low)).flatten()
    inside = bool((unit >= 0).all() and (unit <= 1).all())
    if not inside or _strays(unit, lambda x: x, 0.5, 12**-0.5, (0.2 / len(unit)) ** 0.5):
        got = f"got values from {draws.min():.3f} to {draws.max():.3f} with mean {draws.mean():.3f}"
        raise Complaint(f"{seen.name} is not uniform between {low:g} and {high:g}: {got}.", hint, mistake)
    return f"{seen.name} is uniform between {low:g} and {high:g}."


def has_frequencies(
    seen: Seen,
    probabilities: Mapping[float, float],
    slips: Sequence[tuple[Slip, Any]] = (),
    hint: str = "",
    mistake: str = "wrong-distribution",
) -> str:
    """Draws of a few values, each as often as its probability says, such as the mask of dropout or a die.

    Args:
        seen: what is looked at.
        probabilities: by value, together 1: {0.0: 0.2, 1.25: 0.8}.
        slips: well-known mistakes, each with the probabilities that it gives.
        hint: what to try.
        mistake: its name.
    """
    draws = _drawn(seen, hint).flatten()
    if len(draws) < LEAST_DRAWS:
        told = f"{seen.name} does not have the right shape: got {len(draws)} numbers, expected {LEAST_DRAWS} or more."
        raise Complaint(told, hint, "wrong-shape")
    if (problem := _is_not_of(draws, probabilities)) is None:
        return f"{seen.name} has each value as often as it should."
    earned = 0.0
    for slip, of_slip in slips:
        if _is_not_of(draws, of_slip) is None:
            hint, mistake, earned = slip.says, slip.name, slip.earned
            break
    raise Complaint(f"{seen.name} {problem}.", hint, mistake, earned)


def _is_not_of(draws: Tensor, probabilities: Mapping[float, float]) -> str | None:
    """What is wrong with draws `(n,)` of these values, if anything.

    Chernoff's bound (1952): n draws have the share q of what has the probability p with a probability of at most
    exp(-n KL(q || p)), where KL is the divergence of the two coins.
    """
    values = torch.tensor([float(value) for value in probabilities], dtype=torch.float64)
    distance, nearest = (draws[:, None] - values).abs().min(1)
    other = draws[distance > CLOSE * values.abs().max().clamp(min=1.0)]
    if len(other):
        return f"holds {other[0]:.4g}, expected only {', '.join(f'{value:g}' for value in probabilities)}"
    for number, (value, p) in enumerate(probabilities.items()):
        q = float((nearest == number).double().mean())
        if len(draws) * (_divergence(q, p) + _divergence(1 - q, 1 - p)) > math.log(2 * len(probabilities) / CHANCE):
            return f"has {value:g} in a share of {q:.3f} of {len(draws)} draws, expected {p:g}"
    return None


def _divergence(q: float, p: float) -> float:
    """One term of that of two distributions, q log(q / p)."""
    return 0.0 if q <= 0 else math.inf if p <= 0 else q * math.log(q / p)


def _drawn(seen: Seen, hint: str) -> Tensor:
    """The tensor, or one of the numbers in a list, such as those of repeated calls."""
    value = seen.value()
    if isinstance(value, Items) and value.kind != "dict":
        numbers = [number_of(seen.item(i), hint) for i in range(len(value.items))]
        if not all(map(math.isfinite, numbers)):
            told = f"{seen.name} holds numbers that are infinite or not a number, expected finite ones."
            raise Complaint(told, hint, "not-finite")
        return torch.tensor(numbers, dtype=torch.float64)
    if not isinstance(value, TensorValue):
        raise Complaint(f"{seen.name} returned {kind_of(value)}, expected a tensor.", hint, "wrong-type")
    return tensor_of(seen, value.tensor.shape, hint).double()


def _standardize(seen: Seen, draws: Tensor, mean: Any, std: Any) -> Tensor:
    center, scale = (torch.as_tensor(value, dtype=torch.float64) for value in (mean, std))
    try:
        shape = torch.broadcast_shapes(draws.shape, center.shape, scale.shape)
    except RuntimeError:
        shape = torch.Size()
    if shape != draws.shape or draws.numel() < LEAST_DRAWS:
        wanted = tuple(center.shape or scale.shape) or f"at least {LEAST_DRAWS} numbers"
        told = f"{seen.name} does not have the right shape: got {tuple(draws.shape)}, expected {wanted}."
        raise Complaint(told, "", "wrong-shape")
    return ((draws - center) / scale).flatten()


def _strays(x: Tensor, cumulative: Callable[[Tensor], Tensor], mean: float, std: float, error: float) -> str | None:
    """What of a sample is too far from what it should be, if anything; `error` is that of its relative deviation."""
    if not abs(float(x.mean()) - mean) <= SIGMAS * std / len(x) ** 0.5:
        return "mean"
    if not abs(float(x.std()) / std - 1) <= SIGMAS * error:
        return "deviation"
    ranks = torch.arange(1, len(x) + 1, dtype=torch.float64) / len(x)
    distance = float((cumulative(x.sort().values) - ranks).abs().max())
    return "shape" if distance > math.sqrt(math.log(2 / CHANCE) / (2 * len(x))) + 1 / len(x) else None


def _is_not_normal(x: Tensor) -> str | None:
    """What of a sample is too far from N(0, 1), if anything: what `_strays` sees, or its mean absolute deviation.

    Relative to the standard deviation that is sqrt(2 / pi) for a normal sample, with a standard error of
    sqrt((1 - 3 / pi) / n), and it tells other shapes apart (Geary, 1935).
    """
    strays = _strays(x, torch.special.ndtr, 0.0, 1.0, 1 / (2 * len(x)) ** 0.5)
    ratio = float((x - x.mean()).abs().mean() / x.std())
    error = ((1 - 3 / math.pi) / len(x)) ** 0.5
    return strays or ("shape" if abs(ratio - (2 / math.pi) ** 0.5) > SIGMAS * error else None)
