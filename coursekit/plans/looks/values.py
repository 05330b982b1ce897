"""Looks at values: type, then shape, then value; where the value is that of a well-known slip, the slip is named.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these compare an answer with what
a check has computed in a way of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from coursekit.plans.answers import Held
from coursekit.plans.looks.seen import Complaint, Seen, Slip, missing_return, number_of
from coursekit.plans.values import Items, Plain, TensorValue, kind_of

TOLERANCE = 1e-4  # relative to the largest expected value: float32 sums of a few thousand terms stay below 1e-5
SMALLEST_SCALE = 1e-3  # nothing is compared more finely than for a largest value of this size
Slips = Sequence[tuple[Slip, Any]]


def close(
    seen: Seen,
    expected: Any,
    slips: Slips = (),
    hint: str = "",
    tolerance: float = TOLERANCE,
    mistake: str = "wrong-value",
    since: Seen | None = None,
    of: str = "value",
    free_signs: bool = False,
) -> str:
    """The value is the expected one.

    Args:
        seen: what is looked at.
        expected: a tensor, an array, a number, text, a truth value, None; or a tuple, list or dict of them. A dict of
            tensors is what the weights of a module should be.
        slips: well-known mistakes, each with the value that it gives.
        hint: what to try where no slip explains the value.
        tolerance: relative to the largest expected value.
        mistake: its name where no slip explains the value.
        since: weights before; how they have changed is compared then.
        of: "value", or what of the rows of a matrix is compared: "row mean" or "covariance".
        free_signs: each column may have the opposite sign.
    """
    if isinstance(expected, tuple | list):
        return _items_close(seen, expected, slips, hint, tolerance, mistake)
    if expected is None or isinstance(expected, bool | str):
        return _equal(seen, expected, slips, hint, mistake)
    got, right = _pair(seen, expected, of, hint)
    if since is not None:
        before, _ = _pair(since, expected, of, hint)
        got, right = got - before, right - before
    aligned = _align if free_signs else _leave
    if _is_close(aligned(got, right), right, tolerance):
        return f"{seen.name} {'has changed as it should' if since else 'is right'}{_size(expected)}."
    for slip, value in slips:
        wrong = _flat(value) - (before if since is not None else 0)
        if wrong.shape == got.shape and _is_close(aligned(got, wrong), wrong, tolerance, float(right.abs().max())):
            hint, mistake, earned = slip.says, slip.name, slip.earned
            break
    else:
        earned = 0.0
    shown = aligned(got, right)
    raise Complaint(_difference(seen, shown, right, since is not None), hint, mistake, earned)


def same_as(seen: Seen, other: Seen, hint: str = "", mistake: str = "not-repeatable") -> str:
    """Both give the very same."""
    one, two = seen.value(), other.value()
    same = kind_of(one) == kind_of(two) and (
        torch.equal(one.tensor, two.tensor)
        if isinstance(one, TensorValue) and isinstance(two, TensorValue)
        else repr(one) == repr(two)
    )
    if not same:
        raise Complaint(f"{seen.name} gave something else when it was called once more.", hint, mistake)
    return f"{seen.name} gives the same for the same arguments."


def is_scalar(seen: Seen, hint: str = "") -> str:
    """A tensor of shape ()."""
    return has_shape(seen, (), hint or "Reduce it to one number, and return the tensor itself, without .item().")


def has_shape(seen: Seen, shape: Sequence[int], hint: str = "") -> str:
    """A tensor or an array of this shape that holds finite numbers."""
    tensor_of(seen, shape, hint)
    return f"{seen.name} has the right shape, {tuple(shape)}."


def tensor_of(seen: Seen, shape: Sequence[int], hint: str = "", array: bool | None = None) -> Tensor:
    """The tensor that is looked at: real numbers, all of them finite.

    Args:
        seen: what is looked at.
        shape: that it must have.
        hint: what to try.
        array: whether it must be a NumPy array, or must not; either if it is None.

    Raises:
        Complaint: it is something else.
    """
    value = seen.value()
    kind = "an array" if array else "a tensor"
    if not isinstance(value, TensorValue) or array not in (None, value.is_array) or value.tensor.is_complex():
        told = f"{seen.name} returned {kind_of(value)}, expected {kind} of shape {tuple(shape)}."
        raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")
    if tuple(value.tensor.shape) != tuple(shape):
        told = f"{seen.name} does not have the right shape: got {tuple(value.tensor.shape)}, expected {tuple(shape)}."
        raise Complaint(told, hint, "wrong-shape")
    if not bool(value.tensor.isfinite().all()):
        told = f"{seen.name} holds values that are infinite or not a number, expected finite ones."
        raise Complaint(told, hint, "not-finite")
    return value.tensor


def _items_close(seen: Seen, expected: Sequence[Any], slips: Slips, hint: str, tolerance: float, mistake: str) -> str:
    value = seen.value()
    if not isinstance(value, Items) or value.kind == "dict" or len(value.items) != len(expected):
        told = f"{seen.name} returned {kind_of(value)}, expected {len(expected)} values."
        raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")
    for number, right in enumerate(expected):
        of_item = [(slip, wrong[number]) for slip, wrong in slips if isinstance(wrong, tuple | list)]
        close(seen.item(number), right, of_item, hint, tolerance, mistake)
    return f"{seen.name} is right: {len(expected)} values."


def _equal(seen: Seen, expected: Any, slips: Slips, hint: str, mistake: str) -> str:
    value = seen.value()
    if not isinstance(value, Plain) or type(value.value) is not type(expected):
        kinds = {bool: "True or False", str: "text"}
        told = f"{seen.name} returned {kind_of(value)}, expected {kinds.get(type(expected), 'None')}."
        raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")
    if value.value == expected:
        return f"{seen.name} is right."
    told = f"{seen.name} does not have the right value: got {kind_of(value)}, expected {kind_of(Plain(expected))}."
    for slip, wrong in slips:
        if wrong == value.value:
            raise Complaint(told, slip.says, slip.name, slip.earned)
    raise Complaint(told, hint, mistake)


def _pair(seen: Seen, expected: Any, of: str, hint: str) -> tuple[Tensor, Tensor]:
    """What was got and what was expected, of one shape in float64; type and shape are right by then."""
    if isinstance(expected, Mapping):
        return _weights(seen, expected, hint), _flat(expected)
    if isinstance(expected, int | float):
        got = number_of(seen, hint)
        if not np.isfinite(got) and np.isfinite(expected):
            raise Complaint(f"{seen.name} is {got}, expected the number {expected:.6g}.", hint, "not-finite")
        return torch.tensor(got, dtype=torch.float64), torch.tensor(expected, dtype=torch.float64)
    right = _flat(expected)
    if of == "value":
        return tensor_of(seen, right.shape, hint, isinstance(expected, np.ndarray)).double(), right
    value = seen.value()
    rows = value.tensor.shape[0] if isinstance(value, TensorValue) and value.tensor.ndim == 2 else 2
    matrix = tensor_of(seen, (rows, right.shape[-1]), hint).double()
    return (matrix.mean(0) if of == "row mean" else torch.atleast_2d(matrix.T.cov())), right


def _weights(seen: Seen, expected: Mapping[str, Tensor], hint: str) -> Tensor:
    """The named tensors of a module behind each other."""
    held = seen.of(Held).tensors
    if not expected:
        raise Complaint(f"{seen.name} holds nothing.", hint, "wrong-shape")
    got = []
    for name, right in expected.items():
        tensor = held.get(name)
        if tensor is None or tensor.shape != right.shape or tensor.is_complex():
            seen_instead = "nothing" if tensor is None else kind_of(TensorValue(tensor))
            told = f"{seen.name} has {seen_instead} under {name!r}, expected {kind_of(TensorValue(right))}."
            raise Complaint(told, hint, "wrong-shape")
        got.append(tensor.double().flatten())
    vector = torch.cat(got)
    if not bool(vector.isfinite().all()):
        raise Complaint(f"{seen.name} holds values that are infinite or not a number.", hint, "not-finite")
    return vector


def _flat(value: Any) -> Tensor:
    """An expected value as a tensor in float64; of a dict of tensors, all behind each other."""
    if isinstance(value, Mapping):
        tensors = [torch.as_tensor(tensor).detach().double().flatten() for tensor in value.values()]
        return torch.cat(tensors) if tensors else torch.zeros(0, dtype=torch.float64)
    return torch.as_tensor(value).detach().double()


def _is_close(got: Tensor, right: Tensor, tolerance: float, scale: float = 0.0) -> bool:
    if not right.numel():
        return True
    scale = max(scale, float(right.abs().nan_to_num(0, 0, 0).max()), SMALLEST_SCALE)
    near = ((got - right).abs() <= tolerance * scale) | (got == right)  # infinities are equal or not
    return bool((near | (got.isnan() & right.isnan())).all())


def _leave(got: Tensor, right: Tensor) -> Tensor:
    return got


def _align(got: Tensor, right: Tensor) -> Tensor:
    """Each column with the sign that brings it closer, both (n, d)."""
    return got * torch.where((got * right).sum(0) >= 0, 1.0, -1.0)


def _difference(seen: Seen, got: Tensor, right: Tensor, moved: bool) -> str:
    what = "has not changed as it should" if moved else "does not have the right value"
    if got.ndim == 0:
        return f"{seen.name} {what}: got {float(got):.6g}, expected {float(right):.6g}."
    worst = int((got - right).abs().nan_to_num(torch.inf, torch.inf).argmax())
    place = [int(index) for index in torch.unravel_index(torch.tensor(worst), got.shape)]
    pair = f"got {_digits(got.flatten()[worst], right.flatten()[worst])}"
    where = "" if len(place) == 1 and moved else f" at {place}"
    return f"{seen.name} {what}{where}: {pair}."


def _digits(got: Tensor, right: Tensor) -> str:
    """Both numbers, with as many digits as it takes to tell them apart."""
    one, two = float(got), float(right)
    for digits in (4, 6, 9, 17):
        if f"{one:.{digits}g}" != f"{two:.{digits}g}":
            break
    return f"{one:.{digits}g}, expected {two:.{digits}g}"


def _size(expected: Any) -> str:
    shape = tuple(expected.shape) if isinstance(expected, Tensor | np.ndarray) else ()
    return f", shape {shape}" if shape else ""
