"""Looks at the files of a trace before anything is made of them: how large they are, and what their headers promise.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the first thing that the
trusted side does with a trace. The header of a safetensors file (8 bytes of length, then JSON; see the format's
description at https://github.com/huggingface/safetensors) is read here, by a few lines that can be read, so that the
library only ever maps files whose tensors exist and fit. What is refused fails with its reason.
"""

import json
from pathlib import Path
from typing import Any

from coursekit.trace import TraceError
from coursekit.trace_files import JSON_FILE, TENSOR_FILE

# The reference solution leaves at most 32 KB of JSON, 13 KB of header, 187 tensors and 5 MB in one trace.
MAX_JSON = 4 * 2**20
MAX_HEADER = 2**20
MAX_TENSORS = 64 * 2**20
MAX_COUNT = 10_000
MAX_DIMENSIONS = 8
ITEM_SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "C64": 8, "C128": 16}
ITEM_SIZES |= {"I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


class TraceTooLargeError(TraceError):
    """More was recorded than is judged, which what a function returns can do."""


def require_sizes(folder: Path, name: str) -> None:
    """Refuses a trace that is too large, or whose tensors are not all there.

    Raises:
        TraceError: it is; the message names the trace.
    """
    json_file, tensor_file = folder / JSON_FILE, folder / TENSOR_FILE
    for file, most in ((json_file, MAX_JSON), (tensor_file, MAX_TENSORS)):
        if not file.is_file() or file.is_symlink():
            raise TraceError(f"{file.name} is missing in {name}.")
        if file.stat().st_size > most:
            raise TraceTooLargeError(f"{file.name} of the trace {name} is larger than {most // 2**20} MiB.")
    try:
        _check_header(tensor_file)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TraceError(f"{TENSOR_FILE} of the trace {name} promises tensors that it does not hold.") from error


def _check_header(file: Path) -> None:
    """Raises one of the errors above unless the tensors lie one behind the other and fill the file."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if size < 8 or length > min(MAX_HEADER, size - 8):
            raise ValueError("the length of the header")
        header: dict[str, Any] = json.loads(opened.read(length))
    entries = [entry for key, entry in header.items() if key != "__metadata__"]
    if len(entries) > MAX_COUNT:
        raise ValueError("the number of tensors")
    end = 0
    for entry in sorted(entries, key=lambda entry: (entry["data_offsets"][0], entry["data_offsets"][1])):
        first, last = entry["data_offsets"]
        shape = entry["shape"]
        count = 1
        if len(shape) > MAX_DIMENSIONS:
            raise ValueError("the number of dimensions")
        for extent in shape:
            if type(extent) is not int or not 0 <= extent <= MAX_TENSORS:
                raise ValueError("a shape")
            count *= extent
        if type(first) is not int or first != end or last - first != count * ITEM_SIZES[entry["dtype"]]:
            raise ValueError("an offset")
        end = last
    if end != size - 8 - length:
        raise ValueError("the size of the file")
