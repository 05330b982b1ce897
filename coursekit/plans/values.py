"""What a student's function returned, as records: tensors, arrays, numbers, text, and lists, tuples and dicts of them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these records are made where the
code runs (`coursekit.plans.recording`), stored in a trace, and made again where it is judged. What cannot be recorded
keeps the name of its type.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

MAX_ELEMENTS = 2_000_000  # of one tensor: 8 MB in float32
MAX_ITEMS = 10_000  # of one list, tuple, dict or set
MAX_PARTS = 500  # of a module or an optimizer
MAX_DEPTH = 5
MAX_TEXT = 100_000  # characters of a text, or bytes
MAX_KEY = 200
MAX_DIGITS = 4000  # of a whole number; Python itself writes out no more than 4,300
MAX_SHOWN = 40  # digits of a whole number in a sentence
_FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128)
DTYPES = (*_FLOATS, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)


@dataclass(frozen=True)
class TensorValue:
    """A tensor, or a NumPy array or scalar as a tensor of the same type and shape."""

    tensor: Tensor
    is_array: bool = False
    requires_grad: bool = False


@dataclass(frozen=True)
class Plain:
    """A number, a truth value, text, bytes, or None."""

    value: bool | int | float | complex | str | bytes | None


Key = bool | int | float | complex | str | bytes | tuple[Any, ...] | None  # of a dict; a tuple holds keys


@dataclass(frozen=True)
class Elements:
    """A set, of what can be keys."""

    elements: tuple[Key, ...]


@dataclass(frozen=True)
class Items:
    """A list, a tuple or a dict; only a dict has keys."""

    kind: str
    items: tuple["Value", ...]
    keys: tuple[Key, ...] = ()

    @cached_property
    def places(self) -> Mapping[Key, int]:
        """Where the value of each key is among the items."""
        return {key: place for place, key in enumerate(self.keys)}


@dataclass(frozen=True)
class Other:
    """Something that is not recorded: the name of its type, and why, if it is not the type."""

    type: str
    why: str = ""


Value = TensorValue | Plain | Items | Elements | Other


def key_value(key: Key) -> Value:
    """A key as a value."""
    return Items("tuple", tuple(map(key_value, key))) if isinstance(key, tuple) else Plain(key)


def value_key(value: Value) -> Key:
    """A value as a key; raises TypeError where it cannot be one."""
    match value:
        case Plain(inner):
            return inner
        case Items("tuple", items):
            return tuple(map(value_key, items))
    raise TypeError(kind_of(value))


def plain(value: Value) -> Any:
    """The value itself again: a tensor, an array, a number, ...; what was not recorded stays an `Other`."""
    match value:
        case TensorValue(tensor, is_array=True):
            return tensor.numpy() if tensor.dtype != torch.bfloat16 else tensor.float().numpy()
        case TensorValue(tensor):
            return tensor
        case Plain(inner):
            return inner
        case Elements(elements):
            return set(elements)
        case Items("dict", items, keys):
            return dict(zip(keys, map(plain, items), strict=True))
        case Items(kind, items):
            return [plain(item) for item in items] if kind == "list" else tuple(plain(item) for item in items)
    return value


def kind_of(value: Value) -> str:
    """What a value is, in words that continue "returned", such as "a tensor of shape (3,)" or "None"."""
    match value:
        case TensorValue(tensor, is_array):
            told = tensor.is_complex() or tensor.dtype == torch.bool
            numbers = f" of {str(tensor.dtype).removeprefix('torch.')}" if told else ""
            return f"{'an array' if is_array else 'a tensor'} of shape {tuple(tensor.shape)}{numbers}"
        case Plain(None):
            return "None"
        case Plain(bool() as inner):
            return str(inner)
        case Plain(str() as inner):
            return f"the text {inner[:60]!r}"
        case Plain(bytes() as inner):
            return f"the bytes {inner[:60]!r}"
        case Plain(complex() as inner):
            return f"the complex number {inner:.6g}"
        case Elements(elements):
            return f"a set of {len(elements)}"
        case Plain(int() as inner):
            return f"the number {digits_of(inner)}"
        case Plain(float() as inner):
            return f"the number {inner:.6g}"
        case Items(kind, items):
            return f"a {kind} of {len(items)}"
        case Other(name, why):
            return f"something of type {name}" + (f" ({why})" if why else "")
    raise TypeError(f"{type(value).__name__} is no record of a value")


def digits_of(number: int) -> str:
    """A whole number as people read it: of a long one, where it begins and ends."""
    text = str(number)
    return text if len(text) <= MAX_SHOWN else f"{text[:20]}...{text[-10:]} ({len(text):,} digits)"
