"""Looks at what is the very same or is not: texts, truth values, whole numbers, None, and two results of one function.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these stand beside the looks at
numbers that have a tolerance.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from coursekit.plans.changes import hold_same
from coursekit.plans.looks.seen import Complaint, Seen, Slip, missing_return
from coursekit.plans.values import Elements, Items, Plain, TensorValue, Value, digits_of, kind_of

BEFORE, MAX_QUOTED = 20, 60  # characters of a long text that a sentence shows
MAX_NAMED = 3  # keys or elements in one sentence


def holds_whole(tensor: Tensor) -> bool:
    """Whether its numbers are whole by their type."""
    return not (tensor.is_floating_point() or tensor.is_complex())


def is_whole(value: Value) -> bool:
    """Whether it is one whole number by its type: one of Python, or a tensor or array of one element."""
    if isinstance(value, TensorValue):
        return value.tensor.numel() == 1 and holds_whole(value.tensor)
    return isinstance(value, Plain) and isinstance(value.value, int) and not isinstance(value.value, bool)


def equal(seen: Seen, expected: Any, slips: Sequence[tuple[Slip, Any]], hint: str, mistake: str) -> str:
    """The value is the very one that is expected, of the same type."""
    value = _as_plain(seen.value(), type(expected))
    got = value.value if isinstance(value, Plain) else set(value.elements) if isinstance(value, Elements) else value
    if type(got) is not type(expected):
        kinds = {bool: "True or False", str: "text", int: "a whole number", bytes: "bytes", set: "a set"}
        told = f"{seen.name} returned {kind_of(value)}, expected {kinds.get(type(expected), 'None')}."
        raise Complaint(told, missing_return(seen, value) or hint, "wrong-type")
    if got == expected:
        return f"{seen.name} is right."
    told = f"{seen.name} does not have the right value{_difference(got, expected)}."
    for slip, wrong in slips:
        if _is(wrong, got):
            raise Complaint(told, slip.says, slip.name, slip.earned)
    raise Complaint(told, hint, mistake)


def _as_plain(value: Value, kind: type) -> Value:
    """One whole number of torch or NumPy, or a truth value of shape (), such as `(x > 0).all()`, is a plain one."""
    if not isinstance(value, TensorValue) or not is_whole(value):
        return value
    is_truth = value.tensor.dtype == torch.bool
    if kind is bool and is_truth and value.tensor.ndim == 0:
        return Plain(bool(value.tensor))
    return Plain(int(value.tensor)) if kind is int and not is_truth else value


def _is(wrong: Any, value: object) -> bool:
    if isinstance(wrong, Tensor | np.ndarray):
        return len(wrong.flatten()) == 1 and bool(wrong.item() == value)
    return bool(wrong == value)


def same_as(seen: Seen, other: Seen, hint: str = "", mistake: str = "not-repeatable") -> str:
    """Both give the very same."""
    if not _are_same(seen.value(), other.value()):
        raise Complaint(f"{seen.name} gave something else when it was called once more.", hint, mistake)
    return f"{seen.name} gives the same for the same arguments."


def _are_same(one: Value, other: Value) -> bool:
    match one, other:
        case TensorValue(), TensorValue():
            kind_is_same = (one.tensor.dtype, one.is_array) == (other.tensor.dtype, other.is_array)
            return kind_is_same and one.tensor.shape == other.tensor.shape and hold_same(one.tensor, other.tensor)
        case Items(), Items():
            kind_is_same = (one.kind, one.keys, len(one.items)) == (other.kind, other.keys, len(other.items))
            return kind_is_same and all(map(_are_same, one.items, other.items))
    return type(one) is type(other) and repr(one) == repr(other)


def _difference(got: object, expected: object) -> str:
    """Both values; of texts that begin alike, from shortly before the place where they differ."""
    if isinstance(got, str) and isinstance(expected, str):
        ends = min(len(got), len(expected))
        same = next((place for place in range(ends) if got[place] != expected[place]), ends)
        if same >= MAX_QUOTED:
            after, rest = got[same - BEFORE : same], slice(same, same + MAX_QUOTED)
            return f" from character {same:,} on: after {after!r} got {got[rest]!r}, expected {expected[rest]!r}"
    if isinstance(got, set) and isinstance(expected, set):
        parts = [("it lacks", expected - got), ("it holds", got - expected)]
        return ": " + " and ".join(f"{word} {name_some(some)}" for word, some in parts if some)
    return f": got {_told(got)}, expected {_told(expected)}"


def name_some(values: Collection[Any]) -> str:
    """The first of some keys or elements, and how many more there are."""
    shown = [repr(value)[:MAX_QUOTED] for value in sorted(values, key=repr)[:MAX_NAMED]]
    return ", ".join(shown) + (f" and {len(values) - MAX_NAMED} more" if len(values) > MAX_NAMED else "")


def _told(value: Any) -> str:
    return digits_of(value) if isinstance(value, int) and not isinstance(value, bool) else kind_of(Plain(value))
