"""How the arguments of a step stand in a plan: JSON in which tensors are named, and which refers to earlier steps.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks file codes, and the
interpreter decodes. Every decoding gives fresh tensors, so that no call sees what another did to its arguments.
"""

import importlib
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from coursekit.trace import Trace, is_long, named_tensor

Code = dict[str, Any]  # one key, which says how to read the value
PLAIN = (type(None), bool, int, float, str)


@dataclass(frozen=True)
class Reference:
    """What step number `step` gave, or a part of it; a part is an attribute (text) or an item (`("item", key)`)."""

    step: int
    path: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Student:
    """A function or class that the test cell is given, by its name."""

    name: str


@dataclass(frozen=True)
class Given:
    """Something of a module that is there where the plan is carried out: `package.module:name`, or `:Class.name`."""

    place: str


class UncodableError(TypeError):
    """A value that cannot stand in a plan."""


def encode(value: Any, tensors: Trace, refer: Callable[[Any], Any] = lambda value: value) -> Code:
    """The code of a value; its tensors go into `tensors`.

    Args:
        value: a tensor, an array, a plain value, a `Reference`, `Student` or `Given`, or a list, tuple or dict of them.
        tensors: where tensors are stored.
        refer: turns what stands for a step into a `Reference`, and leaves everything else as it is.

    Raises:
        UncodableError: it is something else.
    """
    value = refer(value)
    match value:
        case torch.Tensor():
            return {"tensor": tensors.store(value)}
        case np.generic():
            return encode(value.item(), tensors)
        case np.ndarray() if value.dtype.kind in "biufc":
            return {"array": tensors.store(torch.from_numpy(np.array(value, copy=True)))}
        case Reference(step, path):
            return {"step": step, "path": [part if isinstance(part, str) else encode(part, tensors) for part in path]}
        case Student(name):
            return {"student": name}
        case Given(place):
            return {"given": place}
        case list() | tuple():
            kind = "list" if isinstance(value, list) else "tuple"
            return {kind: [encode(item, tensors, refer) for item in value]}
        case set() | frozenset():
            return {"set": [encode(item, tensors) for item in sorted(value, key=repr)]}
        case bytes():
            return {"bytes": value.hex()}
        case complex():
            return {"complex": [encode(value.real, tensors), encode(value.imag, tensors)]}
        case dict():
            return {"dict": [[encode(key, tensors), encode(item, tensors, refer)] for key, item in value.items()]}
        case float() if not math.isfinite(value):
            return {"float": str(float(value))}  # JSON has none of them
        case int() if is_long(value):
            return {"int": hex(value)}
    if isinstance(value, PLAIN):
        return {"plain": value}
    raise UncodableError(f"a value of type {type(value).__name__}")


def decode(code: Code, tensors: Trace, find: Callable[[Reference | Student | Given], Any]) -> Any:
    """The value of a code, with fresh tensors; `find` gives what a reference, a name or a place stands for."""
    match code:
        case {"tensor": name}:
            return named_tensor(tensors, name).clone()
        case {"array": name}:
            return named_tensor(tensors, name).clone().numpy()
        case {"step": step, "path": path}:
            parts = (part if isinstance(part, str) else decode(part, tensors, find) for part in path)
            return find(Reference(step, tuple(parts)))
        case {"student": name}:
            return find(Student(name))
        case {"given": place}:
            return find(Given(place))
        case {"list": items}:
            return [decode(item, tensors, find) for item in items]
        case {"tuple": items}:
            return tuple(decode(item, tensors, find) for item in items)
        case {"dict": items}:
            return {decode(key, tensors, find): decode(item, tensors, find) for key, item in items}
        case {"set": items}:
            return {decode(item, tensors, find) for item in items}
        case {"bytes": text}:
            return bytes.fromhex(text)
        case {"complex": parts}:
            return complex(*(decode(part, tensors, find) for part in parts))
        case {"float": text}:
            return float(text)
        case {"int": text}:
            return int(text, 16)
    return code["plain"]


def import_given(place: str) -> Any:
    """What stands at `package.module:name` or `:Class.name`; raises ImportError or AttributeError if nothing does."""
    module, _, name = place.partition(":")
    return operator.attrgetter(name)(importlib.import_module(module))
