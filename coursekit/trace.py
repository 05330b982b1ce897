"""The trace: what a training step leaves behind, as plain tensors and JSON.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the only thing that
passes from the student's process to the autograder. An instrument fills a `Trace`; this module writes it
and reads it again. The format knows nothing of right or wrong.

On disk a trace is a folder with `trace.json` (a JSON object; tensors are named by strings such as `"t3"`) and
`tensors.safetensors` (those tensors). Nothing is pickled, so reading a trace executes nothing.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from coursekit.trace_files import JSON_FILE, TENSOR_FILE

FORMAT = 1
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
MAX_DIGITS = 18  # of a whole number in the JSON: it fits into 64 bits, and every library can take it


class TraceError(Exception):
    """A trace or a probe that cannot be read; the message says in one sentence what is wrong with it."""


@dataclass
class Trace:
    """Plain data and the tensors that it names.

    `data` is JSON-able; wherever a tensor belongs, it holds the tensor's name. Equal tensors are stored once.
    """

    data: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    _names: dict[bytes, str] = field(default_factory=dict, repr=False)

    def store(self, tensor: torch.Tensor) -> str:
        """Keep a copy of `tensor` (any shape, any dtype that safetensors knows) and return its name."""
        plain = tensor.detach().to("cpu").resolve_conj().resolve_neg().contiguous()
        digest = hashlib.sha1(f"{plain.dtype}{tuple(plain.shape)}".encode())
        digest.update(plain.reshape(-1).view(torch.uint8).numpy().data)
        name = self._names.setdefault(digest.digest(), f"t{len(self._names)}")
        if name not in self.tensors:
            self.tensors[name] = plain.clone()  # most tensors are there already, such as weights that did not change
        return name

    def write(self, folder: Path) -> None:
        """Write the two files into `folder`, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file(self.tensors, folder / TENSOR_FILE)
        (folder / JSON_FILE).write_text(json.dumps({"format": FORMAT, **self.data}), encoding="utf-8")


def read_trace(folder: Path) -> Trace:
    """Read what `Trace.write` wrote.

    Raises:
        TraceError: a file is missing or is not of the format.
    """
    try:
        text = (folder / JSON_FILE).read_text(encoding="utf-8")
        data = json.loads(text, parse_int=_whole_number, parse_float=_read_float, parse_constant=_read_float)
        if _SURROGATE.search(text):  # no text can hold half of a pair
            json.dumps(data, ensure_ascii=False).encode()
        tensors = load_file(folder / TENSOR_FILE)
    except FileNotFoundError as error:
        raise TraceError(f"{Path(str(error.filename)).name} is missing in {folder.name}.") from error
    except TraceError:
        raise
    except Exception as error:  # a hostile file can make the readers raise nearly anything
        raise TraceError(f"The trace {folder.name} cannot be read: {type(error).__name__}.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise TraceError(f"The trace {folder.name} is not of format {FORMAT}.")
    return Trace(data, tensors)


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise TraceError(f"The trace holds a whole number of more than {MAX_DIGITS} digits.")
    return int(digits)


def is_long(number: int) -> bool:
    """Whether a whole number has more digits than one in the JSON may have."""
    return abs(number) >= 10 ** (MAX_DIGITS - 1)  # a sign counts as a digit


def number_for_json(value: float) -> float | str:
    """JSON knows no infinities: those and NaN become `"inf"`, `"-inf"`, `"nan"`."""
    return value if isinstance(value, int) or math.isfinite(value) else str(value)


def _read_float(digits: str) -> float | str:
    """A number of a trace in the same form, however it is written."""
    return number_for_json(float(digits))


def named_tensor(trace: Trace, reference: Any) -> torch.Tensor:
    """The tensor that `reference` names; raises `TraceError` if there is none."""
    tensor = trace.tensors.get(reference) if isinstance(reference, str) else None
    if tensor is None:
        raise TraceError("The trace names a tensor that it does not hold.")
    return tensor


def flatten(tensors: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """All tensors behind each other as one vector, in the mapping's order: `(total number of elements,)`."""
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors.values()])
