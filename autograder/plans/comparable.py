"""What a check may expect: what a function can give back, whole.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands before it: an author
who expects what no trace holds, such as a date, is told so, and no student is failed for it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import Tensor

from coursekit.plans.values import DTYPES, MAX_DEPTH, MAX_DIGITS, MAX_ELEMENTS, MAX_ITEMS, MAX_TEXT

_INSIDE = 'let the plan take a part of it, or turn it into a tensor, such as ask.call(given("torch:tensor"), result)'
_AS_TEXT = 'let the plan turn it into text or numbers, such as ask.call(given("builtins:str"), result)'


def require_comparable(expected: Any, depth: int = 0) -> None:
    """Make sure that a value can come back as it is expected.

    Raises:
        TypeError: none of its type does.
        ValueError: it is too large.
    """
    match expected:
        case str() | bytes() | bytearray():
            _require_size(len(expected), MAX_TEXT, "bytes" if not isinstance(expected, str) else "characters")
        case list() | tuple() | set() | frozenset() | Mapping():
            _require_size(len(expected), MAX_ITEMS, "items")
            _require_size(depth + 1, MAX_DEPTH, "lists in each other")
            for item in expected.values() if isinstance(expected, Mapping) else expected:
                require_comparable(item, depth + 1)
        case int() if abs(expected) >= 10**MAX_DIGITS:
            raise ValueError(f"A check expects a number of more than {MAX_DIGITS:,} digits, which cannot come back.")
        case Tensor() if expected.dtype in DTYPES:
            _require_size(expected.numel(), MAX_ELEMENTS, "elements")
        case np.ndarray() if expected.dtype.kind in "biufc":
            _require_size(expected.size, MAX_ELEMENTS, "elements")
        case np.generic() if expected.dtype.kind in "biufc":
            pass
        case None | bool() | int() | float() | complex():
            pass
        case _:
            kind = getattr(expected, "dtype", type(expected).__name__)
            raise TypeError(f"A check expects a value of type {kind}, which cannot come back: {_AS_TEXT}.")


def _require_size(size: int, most: int, of: str) -> None:
    if size > most:
        raise ValueError(f"A check expects {size:,} {of}, and {most:,} can come back: {_INSIDE}.")
