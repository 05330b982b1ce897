"""How requests and answers of judging are written: a line of JSON, and the files that it announces.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this carries the trace to the
judge and the verdict back. Files go from a folder to a folder, piece by piece, so that neither side ever holds them.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

PIECE = 2**20  # bytes that are held at a time


def read_message(stream: BinaryIO, folder: Path) -> dict[str, Any] | None:
    """A message, its files written into `folder`; None at the end of the stream.

    Raises:
        ValueError: a name leads out of the folder.
    """
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message: dict[str, Any] = json.loads(line)
    for name, size in message.pop("files").items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"The name {name!r} leads out of the folder.")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            while size > 0:
                piece = stream.read(min(size, PIECE))
                if not piece:
                    return None
                file.write(piece)
                size -= len(piece)
    return message


def write_message(
    stream: BinaryIO, message: Mapping[str, Any], folder: Path = Path(), names: Iterable[str] = ()
) -> None:
    """Write a message and the files of these names in `folder`, which must not change meanwhile."""
    sizes = {name: (folder / name).stat().st_size for name in names}
    stream.write(json.dumps({**message, "files": sizes}).encode() + b"\n")
    for name, size in sizes.items():
        with (folder / name).open("rb") as file:
            while size > 0 and (piece := file.read(min(size, PIECE))):
                stream.write(piece)
                size -= len(piece)
    stream.flush()


def names_in(folder: Path) -> list[str]:
    """The plain files below a folder, by their relative path."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
