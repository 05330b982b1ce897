"""How requests and answers of judging are written: a line of JSON, and the files that it announces.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this carries the trace to the
judge and the verdict back.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

LATE, TOO_LARGE, ENDED = "late", "too large", "ended"  # why judging ended without a verdict


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], dict[str, bytes]] | None:
    """A message and its files, or None at the end of the stream."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message = json.loads(line)
    files = {name: stream.read(size) for name, size in message.pop("files").items()}
    return message, files


def write_message(stream: BinaryIO, message: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    announced = {name: len(content) for name, content in files.items()}
    stream.write(json.dumps({**message, "files": announced}).encode() + b"\n")
    for content in files.values():
        stream.write(content)
    stream.flush()


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by their relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
