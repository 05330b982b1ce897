"""Reads the files of one submission: plain files only, the required ones first, and no more than can be carried.

A submission is carried through Dask and held by the process that grades it, so all of it together is bounded here. A
large notebook is never held as it is: another process reduces it to what grading uses (`autograder.distil`).
"""

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograder.distil import distil_file
from autograder.intake.beside import NOT_READ
from autograder.shown.printable import printable
from coursekit.handin.names import look_for
from coursekit.notebook_file import MAX_BYTES

LONGEST_NAME = 200  # bytes of the name of a student's folder; files that are named after it have an ending more
SMALL_NOTEBOOK = 4 * 2**20  # bytes up to which a notebook is taken as it is; it takes 0.1 GiB to read at worst
MAX_NOTEBOOK = MAX_BYTES
MAX_FILE = 32 * 2**20  # bytes of one other file
MAX_FILES = 200  # other files
MAX_NOTEBOOKS = 5  # other notebooks that are looked at
MAX_TOTAL = 64 * 2**20  # bytes of all other files together
MAX_ENTRIES = 20_000  # names that are looked at in one folder of a submission
_MAX_NAMED = 5  # files that a remark names

_COPIES = ".ipynb_checkpoints"
_IGNORED = {".git", _COPIES, "__pycache__"}


@dataclass(frozen=True)
class Submission:
    """The bytes of one submission, read without following any link.

    Attributes:
        notebook: the assignment's notebook, a large one as `distil` reduces it; empty where it is missing.
        files: everything else, by path relative to the submission.
        refused: what was left out or taken instead of something else, one sentence each.
        unreadable: why the notebook, though it is there, could not be read, as a clause; or None.
    """

    notebook: bytes
    files: dict[str, bytes]
    refused: tuple[str, ...] = ()
    unreadable: str | None = None


def read_submission(folder: Path, notebook: str, required: Collection[str] = ()) -> Submission:
    """Read the plain files below `folder`; links and special files are refused, never followed.

    Args:
        folder: what one student handed in for one assignment.
        notebook: file name of the assignment's notebook.
        required: names of the files that are read first, whatever else lies there.
    """
    if folder.is_symlink():
        return Submission(b"", {}, (f"The folder {printable(folder.name)} is a link and was not opened.",))
    paths = {path.relative_to(folder).as_posix(): path for path in islice(_walk(folder), MAX_ENTRIES)}
    paths |= {name: folder / name for name in (notebook, *required) if os.path.lexists(folder / name)}
    told: list[str] = []
    chosen = _choose_notebook(paths, notebook, told)
    if chosen is None and os.path.lexists(folder / _COPIES):
        told.append(f"{_COPIES}, where Jupyter keeps copies, was left out; the work may be in it.")
    content, unreadable = b"", None
    if chosen:
        read = _read_notebook(paths[chosen])
        content, unreadable = (b"", read) if isinstance(read, str) else (read, None)
    files: dict[str, bytes] = {}
    others: dict[str, list[str]] = {}  # names of what was left out, by the reason
    room, notebooks = MAX_TOTAL, 0
    for name in sorted(paths, key=lambda name: (name not in required, name)):
        if name == chosen:
            continue
        if name.endswith(".ipynb"):  # what it defines may say that a function is not missing
            read_too = notebooks < MAX_NOTEBOOKS and _size(paths[name]) <= SMALL_NOTEBOOK
            notebooks += read_too
            why = f"only {notebook} is graded" + ("" if read_too else f", and {NOT_READ}")
            others.setdefault(why, []).append(name)
            if not read_too:
                continue
        if len(files) >= MAX_FILES:
            others.setdefault(f"only {MAX_FILES} files beside the notebook are read", []).append(name)
            continue
        plain = _read_plain(paths[name], MAX_FILE)
        if isinstance(plain, str):
            others.setdefault(plain, []).append(name)
        elif len(plain) > room:
            others.setdefault(f"all files together are larger than {MAX_TOTAL // 2**20} MiB", []).append(name)
        else:
            files[name] = plain
            room -= len(plain)
    told += [f"{_named(names)} left out: {reason}." for reason, names in others.items()]
    return Submission(content, files, tuple(told), unreadable)


def unusable_name(student: str) -> str | None:
    """Why what lies in a folder of that name cannot be graded, in a sentence; or None."""
    try:
        length = len(student.encode("utf-8"))
    except UnicodeEncodeError:
        return "The name of this folder in submitted/ is no text in UTF-8: rename it, and grade again."
    if length > LONGEST_NAME:
        return f"The name of this folder in submitted/ has more than {LONGEST_NAME} bytes: rename it, and grade again."
    return None


def shown_name(student: str) -> str:
    """The name of a student's folder on one line, short enough for a file, without what a terminal would act upon."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in student)
    return shown.encode("utf-8")[:LONGEST_NAME].decode("utf-8", "ignore")


def odd_files(folder: Path) -> list[Path]:
    """The links and special files below `folder`, and `folder` itself if it is a link."""
    if folder.is_symlink():
        return [folder]
    return [path for path in _walk(folder) if not stat.S_ISREG(path.lstat().st_mode)]


def _choose_notebook(paths: Collection[str], notebook: str, told: list[str]) -> str | None:
    """The name of the file that is graded: the notebook, or the one that can only be meant."""
    if notebook in paths:
        return notebook
    found = look_for(notebook, sorted(paths), loose=True)
    if len(found) != 1:
        return None
    told.append(f"There is no {notebook}, so {printable(found[0])} was graded in its place.")
    return found[0]


def _named(names: list[str]) -> str:
    shown = ", ".join(printable(name) for name in names[:_MAX_NAMED])
    if len(names) > _MAX_NAMED:
        return f"{shown} and {len(names) - _MAX_NAMED} more files were"
    return f"{shown} {'was' if len(names) == 1 else 'were'}"


def _walk(folder: Path) -> Iterator[Path]:
    """Everything below `folder` that is not a folder, sorted; no link is followed."""
    for where, folders, names in os.walk(folder, followlinks=False):
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        folders[:] = sorted(set(folders) - set(links) - _IGNORED)
        yield from (Path(where) / name for name in sorted([*names, *links]) if name not in _IGNORED)


def _read_plain(path: Path, limit: int) -> bytes | str:
    """The content of a plain file of at most `limit` bytes, or the reason why it is refused."""
    descriptor = _open_plain(path)
    if isinstance(descriptor, str):
        return descriptor
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(limit + 1)
    return content if len(content) <= limit else f"larger than {limit // 2**20} MiB"


def _read_notebook(path: Path) -> bytes | str:
    """The notebook, reduced where it is large, or the reason why it cannot be read."""
    descriptor = _open_plain(path)
    if isinstance(descriptor, str):
        return f"it is {descriptor}"
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        if size > MAX_NOTEBOOK:
            return f"it has more than {MAX_NOTEBOOK // 2**20} MiB"
        if size <= SMALL_NOTEBOOK:
            return file.read(SMALL_NOTEBOOK) or "the file is empty"
        try:
            return distil_file(descriptor)
        except ValueError as error:
            return str(error)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _open_plain(path: Path) -> int | str:
    """An open plain file, or the reason why it is refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return "a link, or not readable"
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
        return descriptor
    os.close(descriptor)
    if stat.S_ISREG(status.st_mode):  # it may be another's
        return "a file with a second name (a hard link); a copy is needed"
    return "no plain file"
