"""Whether a call changed what it was given, and how people name its arguments.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the interpreter looks at the
arguments before and after each call.
"""

import inspect
import sys
from collections import deque
from typing import Any

import numpy as np
from torch import Tensor

from coursekit.plans.values import MAX_DEPTH, MAX_KEY

_PLAIN = (type(None), bool, int, float, complex, str, bytes, frozenset, np.generic)


def copy_of(value: Any, depth: int = 0) -> Any:
    """What a call can change in an argument, copied: tensors, tables, containers, and the plain values in them.

    Of modules, which are there to be changed, and whatever else there is, only which object it is.
    """
    if isinstance(value, Tensor):
        return value.detach().cpu().clone()
    if isinstance(value, np.ndarray) or _is_table(value):
        return value.copy()
    if isinstance(value, bytearray):
        return bytes(value)
    if depth < MAX_DEPTH and isinstance(value, list | tuple | deque):
        return [copy_of(item, depth + 1) for item in value]
    if depth < MAX_DEPTH and isinstance(value, dict):
        return {key: copy_of(item, depth + 1) for key, item in value.items()}
    return frozenset(value) if isinstance(value, set) else value


def same(before: Any, after: Any) -> bool:
    """Whether two copies are of the same values."""
    if before is after:
        return True
    if type(before) is not type(after):
        return False
    if isinstance(before, Tensor):
        return before.dtype == after.dtype and before.shape == after.shape and hold_same(before, after)
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if _is_table(before):
        return bool(before.equals(after))
    if isinstance(before, list):
        return len(before) == len(after) and all(map(same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(same(item, after[key]) for key, item in before.items())
    return isinstance(before, _PLAIN) and (before == after or (before != before and after != after))


def hold_same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors of one shape hold the same, where what is no number is like itself."""
    return bool(((one == other) | ((one != one) & (other != other))).all())


def _is_table(value: Any) -> bool:
    """Whether it is a table of pandas, which is only looked at where somebody else has imported it."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame | pandas.Series)


def names_of(function: Any, count: int) -> list[str]:
    """How people call the first arguments of a function: by their names, as far as it tells them."""
    try:
        names = [name[:MAX_KEY] for name in inspect.signature(function).parameters]
    except (ValueError, TypeError):
        names = []
    names = names[:count] + [f"argument {number + 1}" for number in range(len(names), count)]
    return names if len(set(names)) == count else [f"argument {number + 1}" for number in range(count)]
