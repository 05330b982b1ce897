"""What a student's function returned or raised, described as plain data.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is written into the trace
beside what was recorded: whatever a function gives, its description is JSON.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from coursekit.raised import describe_error
from coursekit.returned import read_number, with_text_keys
from coursekit.trace import number_for_json

Functions = dict[str, Callable[..., Any]]  # a student's, by name


@contextmanager
def errors_in(data: dict[str, Any]) -> Iterator[None]:
    """What the student's code raises ends the experiment and becomes part of its record."""
    data["error"] = None
    try:
        yield
    except Exception as error:
        data["error"] = describe_error(error)


def describe(value: Any) -> dict[str, Any]:
    """Type, shape, dtype and, where there is just one, the number, of whatever a student's function returned."""
    described: dict[str, Any] = {"type": type(value).__name__}
    if isinstance(value, torch.Tensor):
        described |= {
            "type": "Tensor",  # also for a class derived from it
            "shape": list(value.shape),
            "dtype": str(value.dtype),
            "requires_grad": value.requires_grad,
        }
    number = read_number(value)
    return described if number is None else described | {"value": number_for_json(number)}


def entries_of(returned: Any) -> dict[str, Any]:
    """What a mapping holds, by the text of its keys; nothing where a function did not return a mapping."""
    return with_text_keys(returned) if isinstance(returned, Mapping) else {}
