"""What a student's function returned, as records: tensors, arrays, numbers, text, and lists, tuples and dicts of them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these records are made where the
code runs, stored in a trace, and made again where it is judged. What cannot be recorded keeps the name of its type.
"""

import json
import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

MAX_ELEMENTS = 2_000_000  # of one tensor: 8 MB in float32
MAX_ITEMS = 500  # of one list, tuple or dict
MAX_DEPTH = 5
MAX_TEXT = 100_000  # characters
MAX_KEY = 200
MAX_DIGITS = 4000  # of a whole number; Python itself writes out no more than 4,300
_TOO_LONG = 10**MAX_DIGITS
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
    """A number, a truth value, text, or None."""

    value: bool | int | float | str | None


@dataclass(frozen=True)
class Items:
    """A list, a tuple or a dict; only a dict has keys, as text."""

    kind: str
    items: tuple["Value", ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Other:
    """Something that is not recorded: the name of its type, and why, if it is not the type."""

    type: str
    why: str = ""


Value = TensorValue | Plain | Items | Other


class _NoRoomError(Exception):
    """The answers to a plan would be more than a trace can hold."""


@dataclass
class Room:
    """What is left for the values in the answers to one plan, in characters of a trace, which holds 4 MiB of them.

    So no trace is refused for what its plan's functions returned and printed: what finds no room is told as that.
    """

    left: int = 3 * 2**20

    def take(self, characters: int) -> bool:
        """Whether so many find room, which is then taken."""
        if characters > self.left:
            return False
        self.left -= characters
        return True


def describe(value: Any, room: Room | None = None) -> Value:
    """The record of a value; whatever it is, nothing is raised that its own methods do not raise."""
    try:
        return _describe(value, room or Room(), 0)
    except _NoRoomError:
        return Other(type(value).__name__[:MAX_KEY], "the answers to this plan are too large to be recorded")


def _describe(value: Any, room: Room, depth: int) -> Value:
    record = _record(value, room, depth)
    if not room.take(_cost(record)):
        raise _NoRoomError
    return record


def _cost(record: Value) -> int:
    """How many characters of a trace a record takes at most, without its items; a tensor has a header, too."""
    match record:
        case TensorValue():
            return 350
        case Plain(str() as text):
            return 50 + len(json.dumps(text))
        case Plain(int() as number):
            return 50 + number.bit_length() // 3
        case Items(_, _, keys):
            return 60 + sum(len(json.dumps(key)) + 2 for key in keys)
        case Other(name, why):
            return 50 + len(json.dumps([name, why]))
    return 60


def _record(value: Any, room: Room, depth: int) -> Value:
    name = type(value).__name__[:MAX_KEY]
    if isinstance(value, Tensor):
        return _of_tensor(value, name)
    if isinstance(value, np.ndarray | np.generic) and np.asarray(value).dtype.kind in "biufc":
        return _of_array(np.asarray(value), name)
    if value is None or isinstance(value, bool):
        return Plain(value)
    if isinstance(value, str):
        return Plain(value) if len(value) <= MAX_TEXT else Other(name, f"it has {len(value):,} characters")
    if isinstance(value, int):
        short = abs(int(value)) < _TOO_LONG
        return Plain(int(value)) if short else Other(name, f"it has more than {MAX_DIGITS:,} digits")
    if isinstance(value, Real):
        try:
            return Plain(float(value))
        except OverflowError:
            return Plain(math.inf if value > 0 else -math.inf)  # type: ignore[operator]
    if isinstance(value, list | tuple | dict):
        return _of_items(value, name, room, depth)
    return Other(name, f"its dtype is {value.dtype}"[:MAX_KEY] if isinstance(value, np.ndarray) else "")


def _of_tensor(value: Tensor, name: str) -> Value:
    if value.is_meta or value.layout != torch.strided or value.dtype not in DTYPES:
        return Other(name, f"it is of type {value.dtype}" if value.dtype not in DTYPES else "it holds no plain numbers")
    if value.numel() > MAX_ELEMENTS:
        return Other(name, f"it has {value.numel():,} elements")
    return TensorValue(value.detach().cpu().clone(), requires_grad=value.requires_grad)


def _of_array(array: np.ndarray, name: str) -> Value:
    if array.size > MAX_ELEMENTS:
        return Other(name, f"it has {array.size:,} elements")
    if array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
        return Other(name, "it holds whole numbers of 64 bits and no sign")
    if array.dtype.kind == "u" and array.dtype.itemsize > 1:
        array = array.astype(np.int64)
    elif array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    elif array.dtype.kind == "c" and array.dtype.itemsize > 16:
        array = array.astype(np.complex128)
    native = array.astype(array.dtype.newbyteorder("="))  # a copy: it may be a view of what changes
    return TensorValue(torch.from_numpy(np.ascontiguousarray(native)).reshape(array.shape), is_array=True)


def _of_items(value: list[Any] | tuple[Any, ...] | dict[Any, Any], name: str, room: Room, depth: int) -> Value:
    kind = next(kind.__name__ for kind in (list, tuple, dict) if isinstance(value, kind))
    if depth >= MAX_DEPTH or len(value) > MAX_ITEMS:
        return Other(name, "it is nested too deeply" if depth >= MAX_DEPTH else f"it has {len(value):,} items")
    inner = value.values() if isinstance(value, dict) else value
    keys = tuple(str(key)[:MAX_KEY] for key in value) if isinstance(value, dict) else ()
    return Items(kind, tuple(_describe(item, room, depth + 1) for item in inner), keys)


def plain(value: Value) -> Any:
    """The value itself again: a tensor, an array, a number, ...; what was not recorded stays an `Other`."""
    match value:
        case TensorValue(tensor, is_array=True):
            return tensor.numpy() if tensor.dtype != torch.bfloat16 else tensor.float().numpy()
        case TensorValue(tensor):
            return tensor
        case Plain(inner):
            return inner
        case Items("dict", items, keys):
            return dict(zip(keys, map(plain, items), strict=True))
        case Items(kind, items):
            return [plain(item) for item in items] if kind == "list" else tuple(plain(item) for item in items)
    return value


def kind_of(value: Value) -> str:
    """What a value is, in words that continue "returned", such as "a tensor of shape (3,)" or "None"."""
    match value:
        case TensorValue(tensor, is_array):
            numbers = f" of {str(tensor.dtype).removeprefix('torch.')}" if tensor.is_complex() else ""
            return f"{'an array' if is_array else 'a tensor'} of shape {tuple(tensor.shape)}{numbers}"
        case Plain(None):
            return "None"
        case Plain(bool() as inner):
            return str(inner)
        case Plain(str() as inner):
            return f"the text {inner[:60]!r}"
        case Plain(int() as inner):
            return f"the number {digits_of(inner)}"
        case Plain(inner):
            return f"the number {inner:.6g}"
        case Items(kind, items):
            return f"a {kind} of {len(items)}"
        case Other(name, why):
            return f"something of type {name}" + (f" ({why})" if why else "")


def digits_of(number: int) -> str:
    """A whole number as people read it: of a long one, where it begins and ends."""
    text = str(number)
    return text if len(text) <= MAX_SHOWN else f"{text[:20]}...{text[-10:]} ({len(text):,} digits)"
