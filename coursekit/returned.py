"""What a student's function returned, read as Python reads it: numbers, and mappings with keys of any kind.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands where values come
out of the student's functions. The training loop that is given and the probes use it alike, so that whatever trains
is also recorded.
"""

from collections.abc import Mapping
from numbers import Complex, Real
from typing import Any

import numpy as np
import torch


def read_number(value: object) -> float | None:
    """The one number that a value is, as `float` takes it; None if it is none.

    Tensors and arrays of one element are numbers, and so is whatever turns into one, such as fractions and the scalars
    of NumPy. Text is not, although `float` takes it, and neither are complex numbers.
    """
    if isinstance(value, torch.Tensor):
        return None if value.numel() != 1 or value.is_complex() or value.is_meta else float(value.detach())
    if isinstance(value, np.ndarray):
        return read_number(value.item()) if value.size == 1 else None
    if isinstance(value, Complex) and not isinstance(value, Real):
        return None
    if not (hasattr(type(value), "__float__") or hasattr(type(value), "__index__")):
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def with_text_keys(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    """The mapping with the text of each key in its place: numbers, tuples and members of enumerations become strings.

    A key that equals a string is that string. Where two keys have the same text, such as 0 and "0", that of the later
    one is its representation.
    """
    named: dict[str, Any] = {}
    for key, value in mapping.items():
        text = str.__str__(key) if isinstance(key, str) else str(key)
        while text in named:
            text = repr(key) if text != repr(key) else f"{text}'"
        named[text] = value
    return named
