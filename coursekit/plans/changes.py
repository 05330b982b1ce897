"""Whether a call changed what it was given, and how people name its arguments.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the interpreter looks at the
arguments before and after each call.
"""

import inspect
from typing import Any

import numpy as np
import torch
from torch import Tensor

from coursekit.plans.values import MAX_KEY


def tensors_in(value: Any) -> list[Any]:
    """Copies of the tensors and arrays in an argument; of modules, which are there to be changed, none."""
    if isinstance(value, Tensor):
        return [value.detach().cpu().clone()]
    if isinstance(value, np.ndarray):
        return [value.copy()]
    if isinstance(value, list | tuple):
        return [len(value), *(copy for item in value for copy in tensors_in(item))]
    if isinstance(value, dict):
        return [sorted(map(str, value)), *(copy for item in value.values() for copy in tensors_in(item))]
    return []


def same(before: list[Any], after: list[Any]) -> bool:
    return len(before) == len(after) and all(map(_equal, before, after))


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return (
            one.shape == other.shape
            and one.dtype == other.dtype
            and torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)
        )
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    return type(one) is type(other) and bool(one == other)


def names_of(function: Any, count: int) -> list[str]:
    """How people call the first arguments of a function: by their names, as far as it tells them."""
    try:
        names = [name[:MAX_KEY] for name in inspect.signature(function).parameters]
    except (ValueError, TypeError):
        names = []
    names = names[:count] + [f"argument {number + 1}" for number in range(len(names), count)]
    return names if len(set(names)) == count else [f"argument {number + 1}" for number in range(count)]
