"""Reads what a submission left in its outbox: the only thing that leaves the sandbox, the trace.

The reader trusts no name and no kind of file: it starts from a descriptor of the outbox that was opened
before the submission ran, follows no link, opens only plain files, and counts before it reads.
"""

import os
import stat
from collections.abc import Iterator

MAX_ENTRIES = 10_000
MAX_DEPTH = 4
MAX_NAMED = 20  # refused entries that are told one by one


class _TooMany(Exception):
    """The outbox holds more entries than anyone will look at."""


def read_outbox(folder: int, max_size: int) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """All plain files below the open `folder`, after every process that could change them is dead.

    Args:
        folder: descriptor of the outbox, opened for reading.
        max_size: bytes that all files together may have.

    Returns:
        The files by their path relative to the outbox, and a sentence for each entry that was refused.
    """
    reader = _Reader(max_size)
    try:
        for path, content in reader.walk(folder, ""):
            reader.files[path] = content
    except _TooMany:
        reader.refused.append(f"everything beyond {MAX_ENTRIES} entries: there are too many")
    more = len(reader.refused) - MAX_NAMED
    if more > 0:
        reader.refused[MAX_NAMED:] = [f"and {more} more"]
    return reader.files, tuple(reader.refused)


class _Reader:
    def __init__(self, max_size: int) -> None:
        self.files: dict[str, bytes] = {}
        self.refused: list[str] = []
        self._entries = 0
        self._left = max_size

    def walk(self, folder: int, prefix: str) -> Iterator[tuple[str, bytes]]:
        with os.scandir(folder) as entries:
            for entry in entries:
                self._entries += 1
                if self._entries > MAX_ENTRIES:
                    raise _TooMany
                path = prefix + entry.name
                if not entry.name.isprintable():  # also names that are not UTF-8
                    self._refuse(path, "its name has characters that cannot be printed")
                    continue
                try:
                    yield from self._visit(folder, entry.name, path)
                except OSError as error:
                    self._refuse(path, error.strerror or "it cannot be read")

    def _visit(self, folder: int, name: str, path: str) -> Iterator[tuple[str, bytes]]:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            if path.count("/") + 1 >= MAX_DEPTH:
                self._refuse(path, "folders are nested too deep")
                return
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            try:
                yield from self.walk(inner, path + "/")
            finally:
                os.close(inner)
        elif not stat.S_ISREG(mode):
            self._refuse(path, "it is not a plain file")
        else:
            content = self._read(folder, name, path)
            if content is not None:
                yield path, content

    def _read(self, folder: int, name: str, path: str) -> bytes | None:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                self._refuse(path, "it is not a plain file")
                return None
            if status.st_nlink > 1:
                self._refuse(path, "it has a second name (a hard link)")
                return None
            if status.st_size > self._left:
                self._refuse(path, "the files together are too large")
                return None
            content = file.read(self._left)
        self._left -= len(content)
        return content

    def _refuse(self, path: str, reason: str) -> None:
        shown = ascii(path)[1:-1] if len(path) <= 100 else ascii(path[:100])[1:-1] + "..."
        self.refused.append(f"{shown}: {reason}")
