"""Looks at the form of a value: a tensor or an array, its shape, and the type of its numbers.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these come before what it holds.
"""

from collections.abc import Sequence

from torch import Tensor

from coursekit.plans.looks.seen import Complaint, Seen, missing_return
from coursekit.plans.values import TensorValue, kind_of


def is_scalar(seen: Seen, hint: str = "") -> str:
    """A tensor of shape ()."""
    return has_shape(seen, (), hint or "Reduce it to one number, and return the tensor itself, without .item().")


def has_shape(seen: Seen, shape: Sequence[int], hint: str = "") -> str:
    """A tensor or an array of this shape that holds finite numbers."""
    tensor_of(seen, shape, hint)
    return f"{seen.name} has the right shape, {tuple(shape)}."


def has_dtype(seen: Seen, dtype: str, hint: str = "") -> str:
    """A tensor or an array whose numbers are of this type, such as "float32" or "int64"."""
    value = seen.value()
    if not isinstance(value, TensorValue):
        told = f"{seen.name} returned {kind_of(value)}, expected a tensor or an array of {dtype}."
        raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")
    kind = str(value.tensor.dtype).removeprefix("torch.")
    if kind != dtype:
        of = "an array" if value.is_array else "a tensor"
        raise Complaint(f"{seen.name} returned {of} of {kind}, expected one of {dtype}.", hint, "wrong-type")
    return f"{seen.name} has the right type of numbers, {dtype}."


def tensor_of(
    seen: Seen,
    shape: Sequence[int],
    hint: str = "",
    array: bool | None = None,
    is_complex: bool = False,
    finite: bool = True,
) -> Tensor:
    """The tensor that is looked at: real numbers, all of them finite.

    Args:
        seen: what is looked at.
        shape: that it must have.
        hint: what to try.
        array: whether it must be a NumPy array, or must not; either if it is None.
        is_complex: whether its numbers may be complex.
        finite: whether they must be finite.

    Raises:
        Complaint: it is something else.
    """
    value = seen.value()
    kind = "an array" if array else "a tensor"
    fits = isinstance(value, TensorValue) and array in (None, value.is_array)
    if not isinstance(value, TensorValue) or not fits or (value.tensor.is_complex() and not is_complex):
        told = f"{seen.name} returned {kind_of(value)}, expected {kind} of shape {tuple(shape)}."
        raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")
    if tuple(value.tensor.shape) != tuple(shape):
        told = f"{seen.name} does not have the right shape: got {tuple(value.tensor.shape)}, expected {tuple(shape)}."
        raise Complaint(told, hint, "wrong-shape")
    if finite and not bool(value.tensor.isfinite().all()):
        told = f"{seen.name} holds values that are infinite or not a number, expected finite ones."
        raise Complaint(told, hint, "not-finite")
    return value.tensor
