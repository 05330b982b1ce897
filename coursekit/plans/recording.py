"""Recording what a student's function returned and printed, within limits of length and of all of it together.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands where the code runs:
whatever comes back becomes a record of `coursekit.plans.values`.
"""

import io
import json
import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

from coursekit.plans.values import (
    DTYPES,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_ELEMENTS,
    MAX_ITEMS,
    MAX_KEY,
    MAX_TEXT,
    Elements,
    Items,
    Key,
    Other,
    Plain,
    TensorValue,
    Value,
)

_TOO_LONG = 10**MAX_DIGITS


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
        case Plain(bytes() as data):
            return 50 + 2 * len(data)
        case Items(_, _, keys) | Elements(keys):
            return 60 + sum(map(_cost_of_key, keys))
        case Other(name, why):
            return 50 + len(json.dumps([name, why]))
    return 100  # a number, at most a complex one


def _cost_of_key(key: Key) -> int:
    return 60 + sum(map(_cost_of_key, key)) if isinstance(key, tuple) else _cost(Plain(key))


def _record(value: Any, room: Room, depth: int) -> Value:
    name = type(value).__name__[:MAX_KEY]
    if isinstance(value, Tensor):
        return _of_tensor(value, name)
    if isinstance(value, np.ndarray | np.generic) and np.asarray(value).dtype.kind in "biufc":
        return _of_array(np.asarray(value), name)
    if value is None or isinstance(value, bool):
        return Plain(value)
    if isinstance(value, str):
        return Plain(str.__str__(value)) if len(value) <= MAX_TEXT else Other(name, f"it has {len(value):,} characters")
    if isinstance(value, int):
        short = abs(int(value)) < _TOO_LONG
        return Plain(int(value)) if short else Other(name, f"it has more than {MAX_DIGITS:,} digits")
    if isinstance(value, Real):
        try:
            return Plain(float(value))
        except OverflowError:
            return Plain(math.inf if value > 0 else -math.inf)  # type: ignore[operator]
    if isinstance(value, complex):
        return Plain(complex(value))
    if isinstance(value, bytes | bytearray):
        return Plain(bytes(value)) if len(value) <= MAX_TEXT else Other(name, f"it has {len(value):,} bytes")
    if isinstance(value, set | frozenset):
        return _of_set(value, name)
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
    keys = tuple(map(_key, value)) if isinstance(value, dict) else ()
    if len(set(keys)) < len(keys):
        return Other(name, "two of its keys are the same as text")
    return Items(kind, tuple(_describe(item, room, depth + 1) for item in inner), keys)


def _of_set(value: set[Any] | frozenset[Any], name: str) -> Value:
    if len(value) > MAX_ITEMS:
        return Other(name, f"it has {len(value):,} items")
    elements = set(map(_key, value))
    if len(elements) < len(value):
        return Other(name, "two of its items are the same as text")
    return Elements(tuple(sorted(elements, key=repr)))


def _key(key: Any, depth: int = 0) -> Key:
    """A plain key, or a tuple of such, as it is; of any other its text."""
    if isinstance(key, tuple) and depth < MAX_DEPTH:
        return tuple(_key(part, depth + 1) for part in key)
    record = _record(key.item() if isinstance(key, np.generic) else key, Room(), depth)
    return record.value if isinstance(record, Plain) else str(key)[:MAX_KEY]


class Printed(io.StringIO):
    """What is printed, up to a length; of the rest it is counted how much that is."""

    dropped = 0  # characters

    def write(self, text: str) -> int:
        kept = text[: max(0, MAX_TEXT - self.tell())]
        super().write(kept)
        self.dropped += len(text) - len(kept)
        return len(text)

    def text(self, room: Room) -> str:
        """What was kept, if there is room for it."""
        text = self.getvalue()
        if room.take(len(json.dumps(text))):
            return text
        self.dropped += len(text)
        return ""
