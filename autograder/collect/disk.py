"""Reads what lies on this machine, without following any link.

Used by the limited process of `unpack.py` only: what somebody handed in may be a folder full of anything.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from autograder.collect.kinds import COPIES, IGNORED
from autograder.shown.printable import printable

MAX_LISTED = 20_000  # entries of a folder and all below it


class Refused(Exception):
    """What was handed in cannot be read; the message is one sentence."""


def is_litter(name: str) -> bool:
    parts = [part for part in name.replace("\\", "/").split("/") if part]
    return any(part.casefold() in IGNORED - COPIES for part in parts) or (bool(parts) and parts[-1].startswith("._"))


def walk(folder: Path) -> Iterator[Path]:
    """What is below a folder but folders, those at the top first; no link is followed."""
    level = [folder]
    seen = 0
    while level:
        below = []
        for where in level:
            with os.scandir(where) as found:
                entries = sorted(found, key=lambda entry: entry.name)
            for entry in entries:
                seen += 1
                if seen > MAX_LISTED:
                    raise Refused(f"{printable(folder.name)} holds too many files.")
                if is_litter(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    below.append(Path(entry.path))
                else:
                    yield Path(entry.path)
        level = below


def open_plain(path: Path) -> IO[bytes]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Refused(f"{printable(path.name)} cannot be read ({error.strerror}).") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refused(f"{printable(path.name)} is no plain file.")
    return os.fdopen(descriptor, "rb")
