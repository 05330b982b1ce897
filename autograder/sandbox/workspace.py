"""The private folder of one sandbox on this side, and the sweeping of what dead graders left behind.

Stands between submission and trace: it holds the submission's files, of which the sandbox makes itself a copy
that it may change, and the kernel's connection file. The sandbox writes nothing here. A grader that was killed cannot
remove its folder; the next one finds that nobody holds the folder's lock and does it.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

PREFIX = "autograder-sandbox-"
_BAD_NAME = "no file of a submission may have this name"
YOUNG_SECONDS = 60  # a folder this new, of a process that is not seen here, may be between its making and its locking


@dataclass(frozen=True)
class Workspace:
    """The folder of one sandbox: `submission` holds the files that it gets a copy of."""

    root: Path

    @property
    def submission(self) -> Path:
        return self.root / "in"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def connection_file(self) -> Path:
        return self.root / "kernel.json"


@contextmanager
def open_workspace(spool: Path | None = None) -> Iterator[Workspace]:
    """A fresh workspace that only this user can enter, removed at the end; sweeps left-over ones first.

    Args:
        spool: a folder that only this user can enter, in which it is made; others may then go through it.
    """
    with open_folder(spool) as root:
        workspace = Workspace(root)
        if spool is not None:
            root.chmod(0o711)
        for folder in (workspace.submission, workspace.inbox):
            folder.mkdir()
            folder.chmod(0o755)
        yield workspace


@contextmanager
def open_folder(within: Path | None = None) -> Iterator[Path]:
    """A fresh folder that only this user can enter, removed at the end; sweeps left-over ones first."""
    sweep()
    root = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-{_start_of(os.getpid())}-", dir=within))
    lock = _lock(root)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def sweep() -> list[Path]:
    """Removes this user's folders that no living grader holds; returns them."""
    swept = []
    for root in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        try:
            status = root.lstat()
            if root.is_symlink() or status.st_uid != os.geteuid():
                continue
            if not _owner_is_dead(root.name) and time.time() - status.st_mtime < YOUNG_SECONDS:
                continue
            lock = _lock(root)
        except OSError:
            continue
        if lock is not None:
            shutil.rmtree(root, ignore_errors=True)
            os.close(lock)
            swept.append(root)
    return swept


def _owner_is_dead(name: str) -> bool:
    """Whether the folder's name tells a process that is not running any more, also if its number is used again."""
    pid, _, rest = name.removeprefix(PREFIX).partition("-")
    start = rest.partition("-")[0]
    return pid.isdigit() and start.isdigit() and _start_of(int(pid)) != start


def _start_of(pid: int) -> str:
    """When a process was started, in ticks since this machine was; empty where it is not running."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def place_files(folder: Path, files: Mapping[str, bytes], most: int) -> list[str]:
    """Writes a submission's files into `folder`.

    Returns:
        Those that were left out, each with the reason: its name cannot be, or they are more than `most` bytes together.
    """
    refused = []
    for name, content in files.items():
        most -= len(content)
        if most < 0:
            most += len(content)
            refused.append(f"{name}: the files together are too large for the working folder")
            continue
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
            refused.append(f"{name}: {_BAD_NAME}")
            continue
        try:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        except OSError:  # a name that is too long, or both a file and a folder
            refused.append(f"{name}: {_BAD_NAME}")
    _open_to_others(folder)
    return refused


def place_folder(folder: Path, source: Path) -> None:
    """Copies what `source` holds into `folder`."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    _open_to_others(folder)


def _open_to_others(folder: Path) -> None:
    """Lets the sandbox's user read; the workspace around the folder keeps out others of this machine."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _lock(root: Path) -> int | None:
    """An open, locked file in the folder; None when another process holds it."""
    descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
