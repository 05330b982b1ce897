"""Sorts the folder that a learning management system exports: whose is each file, and which attempt does it belong to?

Knows the names that Canvas, Moodle, Blackboard, Brightspace and Gradescope give to files and folders, and takes
everything else as it is. Nothing in the folder is passed over in silence: each entry is somebody's attempt, or has a
remark that names it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.collect.gradescope import METADATA, Submitted, read_metadata
from autograder.collect.kinds import LITTER, archive_kind, without_ending
from autograder.collect.members import Sender
from autograder.collect.unpack import Part
from autograder.collect.uploads import Attempt, Upload, upload_of, why_unreadable
from autograder.shown.printable import printable

_CANVAS = re.compile(
    r"(?P<who>.+?)_(?:(?P<late>late)_)?(?P<user>\d+)_(?P<number>\d+)_(?P<file>.+)", re.IGNORECASE | re.DOTALL
)
_CANVAS_TEXT = re.compile(
    r"(?P<who>.+?)_(?:(?P<late>late)_)?(?P<user>\d+)_(?P<text>text\.html?)", re.IGNORECASE | re.DOTALL
)
_BLACKBOARD = re.compile(
    r"(?P<who>.+)_attempt_(?P<at>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<text>\.txt))?", re.IGNORECASE | re.DOTALL
)
_MOODLE = re.compile(r"(?P<who>.+?)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.+))?_?", re.DOTALL)
_BRIGHTSPACE = re.compile(
    r"(?P<user>\d+)-\d+ ?- ?(?P<who>.+?) ?- ?(?P<at>[A-Z][a-z]+ \d{1,2}, \d{4} \d{3,4} ?[AP]M)(?: ?- ?(?P<file>.+))?",
    re.DOTALL,
)
_GRADESCOPE = re.compile(r"submission_\d+")
_AGAIN = re.compile(r"(?P<name>.*?)(?:-(?P<again>\d{1,2}))?(?P<end>(?:\.tar)?\.\w+)?")  # hw2-1.ipynb in Canvas
_SECOND = re.compile(r"(?P<name>.*?) ?\((?P<again>\d{1,2})\)(?P<end>(?:\.tar)?\.\w+)?")  # roe (1).zip of a browser
_WITHOUT_ENTRY = {"index.html"}  # of Brightspace, which lists what lies beside it


@dataclass(frozen=True)
class _Entry:
    """One entry of the folder, with what its name says.

    Attributes:
        path: where it lies.
        key: the same for all entries of one person.
        sender: whose it is.
        name: what it was called before.
        order: what sorts the attempts of a person.
        at: when it was received, in the course's time zone.
        late: whether it is marked as late; None where this system marks nothing.
        typed: whether it is what was typed into the system, and no file.
    """

    path: Path
    key: str
    sender: Sender
    name: str
    order: tuple[int, ...] = ()
    at: datetime | None = None
    late: bool | None = None
    typed: bool = False


def is_export(folder: Path) -> bool:
    """Whether the names in a folder are those of a learning management system."""
    return (folder / METADATA).is_file() or any(is_exported(path) for path in folder.iterdir())


def is_exported(path: Path) -> bool:
    """Whether the name of an entry is one that a learning management system gives."""
    return _parse(path, {}) is not None


def sort_uploads(paths: Sequence[Path], metadata: Path | None = None) -> dict[str, Upload]:
    """The uploads in these files and folders, by a name that is the same at each export.

    Args:
        paths: the entries of one folder that are no repositories.
        metadata: Gradescope's file about them, or None.

    Raises:
        UsageError: Gradescope's file cannot be read.
    """
    submitted = read_metadata(metadata) if metadata is not None else {}
    entries: dict[str, list[_Entry]] = {}
    plain: list[Path] = []
    uploads: dict[str, Upload] = {}
    folders = {path.name for path in paths if path.is_dir()}
    ours = {METADATA, *_WITHOUT_ENTRY} if len(paths) > 1 else set()
    for path in paths:
        name = path.name
        if name.casefold() in LITTER or name.startswith("._") or name in ours:
            continue
        if archive_kind(name) and why_unreadable(path, name) and without_ending(name) in folders:
            continue  # unpacked by hand
        entry = _parse(path, submitted)
        if entry is None:
            plain.append(path)
        else:
            entries.setdefault(entry.key, []).append(entry)
    names = frozenset(entry.name for found in entries.values() for entry in found)
    for key, found in entries.items():
        uploads[key] = _sorted(found, names)
    return {_stable(name): upload for name, upload in (uploads | _plain(plain)).items()}


def _stable(name: str) -> str:
    """A name that can be stored as text; that of a file may be in an encoding of long ago."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _parse(path: Path, submitted: Mapping[str, Submitted]) -> _Entry | None:
    """What the name of an entry says, or None where it is of no known system."""
    name = path.name
    if _GRADESCOPE.fullmatch(stem := without_ending(name)) and (submitted or path.is_dir()):
        known = submitted.get(stem, Submitted((), None))
        return _Entry(path, stem, Sender(known.names, bool(known.names)), name, (0,), known.at)
    if found := _MOODLE.fullmatch(name):
        key, sender = f"{found['who']}_{found['user']}", Sender((found["who"],), True)
        return _Entry(path, key, sender, found["file"] or name, typed=found["kind"] == "onlinetext")
    if found := _BLACKBOARD.fullmatch(name):
        try:
            at = datetime.strptime(found["at"], "%Y-%m-%d-%H-%M-%S")
        except ValueError:
            at = None
        words = found["who"].split("_")  # the assignment, and a user name that may hold the same mark
        sender = Sender(tuple(dict.fromkeys("_".join(words[-n:]) for n in (1, 2))), True)
        order = (int(found["at"].replace("-", "")),)
        return _Entry(path, found["who"], sender, found["file"] or name, order, at, typed=bool(found["text"]))
    if found := _BRIGHTSPACE.fullmatch(name):
        at = _brightspace_time(found["at"])
        key, sender = f"{found['user']} {found['who']}", Sender((found["who"],), True)
        return _Entry(path, key, sender, found["file"] or name, (int(at.timestamp()) if at else 0,), at)
    if found := _CANVAS.fullmatch(name) or _CANVAS_TEXT.fullmatch(name):
        parts = found.groupdict()
        key, sender = f"{found['who']}_{found['user']}", Sender((found["user"], found["who"]), True, found["who"])
        order, late, typed = (int(parts.get("number") or 0),), bool(found["late"]), "text" in parts
        return _Entry(path, key, sender, parts.get("file") or name, order, late=late, typed=typed)
    return None


def _brightspace_time(text: str) -> datetime | None:
    day, _, clock = text.rpartition(", ")
    year, digits = clock[:4], clock[4:].replace(" ", "")
    for month in ("%b", "%B"):
        try:
            return datetime.strptime(f"{day} {year} {digits.zfill(6)}", f"{month} %d %Y %I%M%p")
        except ValueError:
            continue
    return None


def _sorted(found: list[_Entry], names: Collection[str]) -> Upload:
    """The attempts of one person; `names` are those of the files of the whole class."""
    reasons = {entry.path: why_unreadable(entry.path, entry.name) for entry in found}
    remarks = [reason for reason in reasons.values() if reason]
    files = [entry for entry in found if not entry.typed and not reasons[entry.path]]
    if not files:
        typed = [printable(entry.path.name) for entry in found if entry.typed]
        remarks += [f"{name} holds typed text and no file, and was not taken." for name in typed]
    return Upload(tuple(_attempts(files, names)), found[0].sender, tuple(remarks))


def _attempts(files: list[_Entry], names: Collection[str]) -> list[Attempt]:
    if any(entry.late is not None for entry in files):
        return _canvas_attempts(files, names)
    by_time: dict[datetime | None, list[_Entry]] = {}
    for entry in sorted(files, key=lambda entry: entry.order):
        by_time.setdefault(entry.at, []).append(entry)
    return [Attempt(tuple(Part(entry.path, entry.name) for entry in group), at) for at, group in by_time.items()]


def _canvas_attempts(files: list[_Entry], names: Collection[str]) -> list[Attempt]:
    """The newest version of each file: of those that are not marked as late, and then of all.

    Canvas puts -1, -2 after the name of a file that is handed in again; its number grows as well. Mostly the newest
    version alone is exported: the number is Canvas's where the file of somebody else has the name without it.
    """
    attempts = []
    for late in (False, True):
        newest: dict[str, tuple[tuple[int, ...], _Entry]] = {}
        several: dict[str, int] = {}
        for entry in files:
            if entry.late and not late:
                continue
            again = _AGAIN.fullmatch(entry.name)
            base = f"{again['name']}{again['end'] or ''}" if again else entry.name
            several[base] = several.get(base, 0) + 1
            version = (int((again and again["again"]) or 0), *entry.order)
            if base not in newest or newest[base][0] < version:
                newest[base] = version, entry
        parts = [
            Part(entry.path, base if several[base] > 1 or base in names else entry.name)
            for base, (_, entry) in sorted(newest.items(), key=lambda item: item[1][1].order)
        ]
        if parts and (not late or any(entry.late for entry in files)):
            attempts.append(Attempt(tuple(parts), late=late))
    return attempts


def _plain(paths: Sequence[Path]) -> dict[str, Upload]:
    """What bears no name of a known system: archives, folders and notebooks, one a team; the rest is named."""
    uploads: dict[str, Upload] = {}
    merged: dict[str, str] = {}  # names, by the name under which the upload stands
    for path in sorted(paths, key=lambda path: (len(path.name), path.name)):
        upload = upload_of(path)
        if not path.is_dir() and archive_kind(path.name) is None and ".ipynb" not in path.name.lower():
            told = f"{printable(path.name)} says not whose it is, and was not taken: put it into a folder of its team."
            upload = Upload((), remarks=upload.remarks or (told,))
        again = _SECOND.fullmatch(path.name)
        first = f"{again['name']}{again['end'] or ''}" if again else ""
        if first in merged:  # "roe (1).zip" beside "roe.zip", which is shorter
            merged[path.name] = own = merged[first]
            earlier = uploads[own]
            uploads[own] = replace(
                earlier, attempts=earlier.attempts + upload.attempts, remarks=earlier.remarks + upload.remarks
            )
        else:
            merged[path.name] = path.name
            uploads[path.name] = upload
    return uploads
