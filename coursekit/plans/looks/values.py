"""Looks at values: type, then shape, then value; where the value is that of a well-known slip, the slip is named.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these compare an answer with what
a check has computed in a way of its own.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from coursekit.plans.answers import Returned
from coursekit.plans.looks.exact import equal, holds_whole, is_whole, name_some
from coursekit.plans.looks.nearness import align, difference, flat, is_near, largest, leave, minus, size
from coursekit.plans.looks.seen import Complaint, Seen, Slip, missing_return, number_of
from coursekit.plans.looks.shapes import tensor_of
from coursekit.plans.looks.states import has_other_counts, weights_of
from coursekit.plans.values import Items, Plain, TensorValue, kind_of

Slips = Sequence[tuple[Slip, Any]]
OF_ANOTHER_KIND = ("wrong-type", "wrong-shape", "wrong-keys")  # what a complaint calls such a value


def close(
    seen: Seen,
    expected: Any,
    slips: Slips = (),
    hint: str = "",
    tolerance: float | None = None,
    mistake: str = "wrong-value",
    since: Seen | None = None,
    of: str = "value",
    free_signs: bool = False,
) -> str:
    """The value is the expected one.

    Args:
        seen: what is looked at.
        expected: a tensor, an array, a number, a truth value, text, bytes, None, or a set of such; or a tuple, list or
            dict of them. Of a state it is a dict of tensors, what the weights of a module should be. Texts have up to
            100,000 characters, whole numbers up to 4,000 digits, tensors up to 2,000,000 elements; lists, tuples, dicts
            and sets have up to 10,000 items, and up to 5 of them lie in each other. All that the calls of one plan
            return and print has room in 3 MiB of JSON, beside the tensors.
        slips: well-known mistakes, each with the value that it gives, which may be of another type, shape or length.
        hint: what to try where no slip explains the value.
        tolerance: relative to the largest expected value, or to 0.001 where all are smaller: scale tiny values before
            they are compared; where none is named, whole numbers on both sides, such as indices, must be the very
            same, and others may differ by 1e-4. What is infinite or not a number must be so in the same places.
        mistake: its name where no slip explains the value.
        since: weights before; how they have changed is compared then.
        of: "value", or what of the rows of a matrix is compared: "row mean" or "covariance".
        free_signs: each column may have the opposite sign.
    """
    try:
        return _close(seen, expected, slips, hint, tolerance, mistake, since, of, free_signs)
    except Complaint as complaint:
        if complaint.mistake in OF_ANOTHER_KIND:
            raise _explained(complaint, seen, slips, tolerance) from None
        raise


def _close(
    seen: Seen,
    expected: Any,
    slips: Slips,
    hint: str,
    tolerance: float | None,
    mistake: str,
    since: Seen | None,
    of: str,
    free_signs: bool,
) -> str:
    match expected:  # what is the same as a plain one
        case np.generic():
            expected = expected.item()
        case bytearray():
            expected = bytes(expected)
        case frozenset():
            expected = set(expected)
    if isinstance(expected, tuple | list):
        return _items_close(seen, expected, slips, hint, tolerance, mistake)
    if isinstance(expected, Mapping) and isinstance(seen.answer(), Returned):
        return _dict_close(seen, expected, slips, hint, tolerance, mistake)
    if expected is None or isinstance(expected, bool | str | bytes | set):
        return equal(seen, expected, slips, hint, mistake)
    is_exact = tolerance is None and since is None
    if isinstance(expected, int) and (abs(expected) > sys.float_info.max or (is_exact and is_whole(seen.value()))):
        return equal(seen, expected, slips, hint, mistake)
    got, right = _pair(seen, expected, of, hint)
    if since is not None:
        before, _ = _pair(since, expected, of, hint)
        got, right = minus(got, before), minus(right, before)
    aligned = align if free_signs else leave
    has_others = is_exact and isinstance(expected, Mapping) and has_other_counts(seen, expected)
    if is_near(aligned(got, right), right, tolerance) and not has_others:
        return f"{seen.name} {'has changed as it should' if since else 'is right'}{size(expected)}."
    for slip, value in slips:
        if (wrong := _as_numbers(value)) is None:
            continue
        wrong = minus(wrong, before) if since is not None and wrong.shape == before.shape else wrong
        if wrong.shape == got.shape and is_near(aligned(got, wrong), wrong, tolerance, largest(right)):
            hint, mistake, earned = slip.says, slip.name, slip.earned
            break
    else:
        earned = 0.0
    shown = aligned(got, right)
    raise Complaint(difference(seen.name, shown, right, since is not None), hint, mistake, earned)


def _as_numbers(of_slip: Any) -> Tensor | None:
    """The value of a slip as a tensor; none if it is something else, such as None or text."""
    try:
        return flat(of_slip)
    except (TypeError, ValueError, RuntimeError):
        return None


def _explained(complaint: Complaint, seen: Seen, slips: Slips, tolerance: float | None) -> Complaint:
    """The complaint, or one with the name of the slip whose value, of another kind than the expected one, it is."""
    for slip, wrong in slips:
        if _is_slip(seen, wrong, tolerance):
            return Complaint(complaint.says, slip.says, slip.name, slip.earned)
    return complaint


def _is_slip(seen: Seen, wrong: Any, tolerance: float | None) -> bool:
    try:
        value = seen.value()
        if isinstance(wrong, Tensor | np.ndarray) and isinstance(value, TensorValue):  # in whatever library
            return tuple(wrong.shape) == tuple(value.tensor.shape) and is_near(value.tensor, flat(wrong), tolerance)
        close(seen, wrong, tolerance=tolerance)
    except Complaint:
        return False
    return True


def _items_close(
    seen: Seen, expected: Sequence[Any], slips: Slips, hint: str, tolerance: float | None, mistake: str
) -> str:
    value = seen.value()
    if not isinstance(value, Items) or value.kind == "dict" or len(value.items) != len(expected):
        told = f"{seen.name} returned {kind_of(value)}, expected {len(expected)} values."
        raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")
    for number, right in enumerate(expected):
        of_item = [
            (slip, wrong[number]) for slip, wrong in slips if isinstance(wrong, tuple | list) and number < len(wrong)
        ]
        close(seen.item(number), right, of_item, hint, tolerance, mistake)
    return f"{seen.name} is right: {len(expected)} values."


def _dict_close(
    seen: Seen, expected: Mapping[Any, Any], slips: Slips, hint: str, tolerance: float | None, mistake: str
) -> str:
    value = seen.value()
    if not isinstance(value, Items) or value.kind != "dict":
        told = f"{seen.name} returned {kind_of(value)}, expected a dict of {len(expected)}."
        raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")
    missing = [key for key in expected if key not in value.places]
    extra = [key for key in value.places if key not in expected]
    if missing or extra:
        parts = [("no value under", missing), ("a value under", extra)]
        told = " and ".join(f"{word} {name_some(keys)}" for word, keys in parts if keys)
        raise Complaint(f"{seen.name} has {told}, expected a dict of {len(expected)}.", hint, "wrong-keys")
    for key, right in expected.items():
        of_item = [(slip, wrong[key]) for slip, wrong in slips if isinstance(wrong, Mapping) and key in wrong]
        close(seen.item(key), right, of_item, hint, tolerance, mistake)
    return f"{seen.name} is right: {len(expected)} values."


def _pair(seen: Seen, expected: Any, of: str, hint: str) -> tuple[Tensor, Tensor]:
    """What was got and what was expected, of one shape; type and shape are right by then."""
    if isinstance(expected, Mapping):
        return weights_of(seen, expected, hint), flat(expected)
    if isinstance(expected, complex):
        return torch.tensor(_complex_of(seen, hint)), torch.tensor(expected, dtype=torch.complex128)
    if isinstance(expected, int | float):
        got = number_of(seen, hint)
        if not math.isfinite(got) and math.isfinite(expected):
            raise Complaint(f"{seen.name} is {got}, expected {kind_of(Plain(expected))}.", hint, "not-finite")
        return torch.tensor(got, dtype=torch.float64), torch.tensor(expected, dtype=torch.float64)
    right = flat(expected)
    if of == "value":
        _require_truth(seen, right, hint)
        finite = bool(right.isfinite().all())
        return tensor_of(seen, right.shape, hint, isinstance(expected, np.ndarray), right.is_complex(), finite), right
    value = seen.value()
    rows = value.tensor.shape[0] if isinstance(value, TensorValue) and value.tensor.ndim == 2 else 2
    matrix = tensor_of(seen, (rows, right.shape[-1]), hint).double()
    return (matrix.mean(0) if of == "row mean" else torch.atleast_2d(matrix.T.cov())), right


def _require_truth(seen: Seen, right: Tensor, hint: str) -> None:
    """Where truth values are expected, such as a mask, floating-point numbers are of the wrong type."""
    value = seen.value()
    if right.dtype == torch.bool and isinstance(value, TensorValue) and not holds_whole(value.tensor):
        kind = str(value.tensor.dtype).removeprefix("torch.")
        told = f"{seen.name} returned {'an array' if value.is_array else 'a tensor'} of {kind}, expected one of bool."
        raise Complaint(told, hint, "wrong-type")


def _complex_of(seen: Seen, hint: str) -> complex:
    value = seen.value()
    if isinstance(value, Plain) and isinstance(value.value, complex):
        return value.value
    if isinstance(value, TensorValue) and value.tensor.numel() == 1 and value.tensor.is_complex():
        return complex(value.tensor)
    return complex(number_of(seen, hint))
