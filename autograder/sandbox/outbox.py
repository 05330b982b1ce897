"""Takes out of its sandbox what a submission left in its outbox: the only thing that leaves it, the trace.

It trusts no name and no kind of file: it starts from a descriptor of the outbox that was opened before the submission
ran, follows no link, opens only plain files, and counts before it copies, piece by piece, so that nobody holds them.
"""

import os
import stat
from pathlib import Path

MAX_ENTRIES = 10_000
MAX_DEPTH = 4
MAX_NAMED = 20  # refused entries that are told one by one
PIECE = 2**20  # bytes that are held at a time


class _TooMany(Exception):
    """The outbox holds more entries than anyone will look at."""


def take_outbox(folder: int, into: Path, max_size: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copies all plain files below the open `folder`, after every process that could change them is dead.

    Args:
        folder: descriptor of the outbox, opened for reading.
        into: an empty folder.
        max_size: bytes that all files together may have.

    Returns:
        The paths of the files relative to the outbox, and a sentence for each entry that was refused.
    """
    taker = _Taker(into, max_size)
    try:
        taker.walk(folder, "")
    except _TooMany:
        taker.refused.append(f"everything beyond {MAX_ENTRIES} entries: there are too many")
    more = len(taker.refused) - MAX_NAMED
    if more > 0:
        taker.refused[MAX_NAMED:] = [f"and {more} more"]
    return tuple(taker.taken), tuple(taker.refused)


class _Taker:
    def __init__(self, into: Path, max_size: int) -> None:
        self._into = into
        self.taken: list[str] = []
        self.refused: list[str] = []
        self._entries = 0
        self._left = max_size

    def walk(self, folder: int, prefix: str) -> None:
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
                    self._visit(folder, entry.name, path)
                except OSError as error:
                    self._refuse(path, error.strerror or "it cannot be read")

    def _visit(self, folder: int, name: str, path: str) -> None:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            if path.count("/") + 1 >= MAX_DEPTH:
                self._refuse(path, "folders are nested too deep")
                return
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            try:
                self.walk(inner, path + "/")
            finally:
                os.close(inner)
        elif not stat.S_ISREG(mode):
            self._refuse(path, "it is not a plain file")
        else:
            self._copy(folder, name, path)

    def _copy(self, folder: int, name: str, path: str) -> None:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                self._refuse(path, "it is not a plain file")
            elif status.st_nlink > 1:
                self._refuse(path, "it has a second name (a hard link)")
            elif status.st_size > self._left:
                self._refuse(path, "the files together are too large")
            else:
                target = self._into / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as copy:
                    while piece := file.read(min(PIECE, self._left)):
                        copy.write(piece)
                        self._left -= len(piece)
                self.taken.append(path)

    def _refuse(self, path: str, reason: str) -> None:
        shown = ascii(path)[1:-1] if len(path) <= 100 else ascii(path[:100])[1:-1] + "..."
        self.refused.append(f"{shown}: {reason}")
