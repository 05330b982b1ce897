"""How the grader and its helpers in sandboxes talk: frames of JSON, each with its length in front.

Used on both ends of `peer`, from submission to report; it imports nothing, so that a sandbox needs this file alone.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

HEAD = 4  # bytes of the length


def encode(message: Mapping[str, Any]) -> bytes:
    content = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    return len(content).to_bytes(HEAD, "big") + content


def read_frame(descriptor: int) -> Any:
    """The next message, or None where the other end has closed."""
    head = _read_exactly(descriptor, HEAD)
    content = _read_exactly(descriptor, int.from_bytes(head, "big")) if head is not None else None
    return None if content is None else json.loads(content)


def write_frame(descriptor: int, message: Mapping[str, Any]) -> None:
    view = memoryview(encode(message))
    while view:
        view = view[os.write(descriptor, view) :]


def _read_exactly(descriptor: int, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = os.read(descriptor, min(size - len(parts), 2**20))
        if not part:
            return None
        parts += part
    return bytes(parts)
