"""How the grader and the relay talk: frames of JSON, each with its length in front. Between submission and trace.

The grader asks to run a cell, to interrupt it, or to end it because the kernel is dead; for each cell that it asked for
it is sent one report.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, Literal

HEAD = 4  # bytes of the length
READY = {"ready": True}  # the first frame that the relay sends: the kernel answers

Ended = Literal["done", "exit", "flood", "cut", "dead"]
ENDED: tuple[Ended, ...] = ("done", "exit", "flood", "cut", "dead")
"""How a cell ended: as cells do, by `exit()`, with more output than anybody could keep, by the end of the connection,
or because the grader said that the kernel is dead."""


def encode(message: Mapping[str, Any]) -> bytes:
    content = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    return len(content).to_bytes(HEAD, "big") + content


def read_exactly(descriptor: int, size: int) -> bytes | None:
    """That many bytes, or None where the other end has closed before."""
    parts = bytearray()
    while len(parts) < size:
        part = os.read(descriptor, min(size - len(parts), 2**20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
