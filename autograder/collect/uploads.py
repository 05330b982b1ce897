"""What somebody handed in without Git: one or more attempts, each of files, archives or folders.

`lms.py` sorts the folder that a learning management system exports into these records, and `unpack.py` reads them.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.collect.kinds import TAR, ZIP, archive_kind
from autograder.collect.members import NOBODY, Sender
from autograder.collect.unpack import Part
from autograder.shown.printable import printable


@dataclass(frozen=True)
class Attempt:
    """One attempt of a team.

    Attributes:
        parts: its files; later ones replace earlier ones.
        at: when a learning management system received it, or None; naive where it is meant in the course's time zone.
        late: whether a learning management system has marked it as late; None where it marks nothing.
    """

    parts: tuple[Part, ...]
    at: datetime | None = None
    late: bool | None = None


@dataclass(frozen=True)
class Upload:
    """All that one person or team handed in.

    Attributes:
        attempts: the oldest first.
        sender: who handed in, as far as the names of the files say so.
        remarks: what was not taken, and why.
    """

    attempts: tuple[Attempt, ...]
    sender: Sender = NOBODY
    remarks: tuple[str, ...] = ()


def upload_of(path: Path) -> Upload:
    """The one file or folder at `path` as somebody's work."""
    reason = why_unreadable(path, path.name)
    attempts = () if reason else (Attempt((Part(path, path.name),)),)
    return Upload(attempts, Sender((path.name.partition(".")[0],)), (reason,) if reason else ())


def why_unreadable(path: Path, name: str) -> str | None:
    """Why nothing at `path`, which was called `name`, can be somebody's work; None where it may be."""
    if path.is_symlink():
        return f"{printable(path.name)} is a link and was not taken: put the file or folder itself there."
    if path.is_dir():
        return None
    if not path.is_file():
        return f"{printable(path.name)} is no plain file and was not taken."
    kind = archive_kind(name)
    if kind in (None, ZIP, TAR):
        return None
    return (
        f"{printable(path.name)} is {kind}, which is not read, and was not taken: unpack it into a folder of that name "
        "beside it, or ask for a zip file."
    )
