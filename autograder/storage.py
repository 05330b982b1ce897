"""Whether what grading makes can be kept: the disk has room, folders can be written, the gradebook is free.

Stands beside the step from verdict to gradebook in the flow *course material -> submission -> trace -> verdict ->
gradebook -> report*. It is looked at before a class is graded, and whenever something could not be saved: so the
reason is found by trying, and never read out of an error that a submission may have had a part in. What is written
together is written under a lock, so that two commands on one course take turns.
"""

import contextlib
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.config import Course
from autograder.errors import UsageError

ROOM = 2**20  # bytes that must fit into every folder; one graded submission takes about 0.2 MB
LOCK_SECONDS = 5.0  # nbgrader waits as long for another writer
LOCK_FILE = "saving.lock"  # in the course's state
_KEPT = "What was graded so far is kept."


@contextlib.contextmanager
def turn_to_save(course: Course) -> Iterator[None]:
    """Waits until no other process saves a result of this course, and keeps others waiting for the block.

    Saving one takes less than a second. It is many transactions of the gradebook and some files, which must be those of
    one result; and SQLite gives up on a transaction that meets another in the middle. The lock ends with its process.
    """
    course.state.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(course.state / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def require_storage(course: Course, assignment: str, gradebook: Path | None, room: int = ROOM) -> None:
    """Make sure that results, graded notebooks and points can be written.

    Args:
        course: the course.
        assignment: name of the assignment.
        gradebook: the file of the gradebook; None where it is no file.
        room: bytes that must fit into every folder.

    Raises:
        UsageError: they cannot; one sentence says what is wrong.
    """
    for folder in (course.state / "results" / assignment, course.root / "autograded", course.root):
        _require_room(folder, room)
    if gradebook is not None and gradebook.is_file():
        _require_free(gradebook)


def _require_room(folder: Path, room: int) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, room)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written ({error.strerror}): make room there, or make it writable, and run the same "
            f"command again. {_KEPT}"
        ) from None


def _require_free(gradebook: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(gradebook, timeout=LOCK_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")  # the lock alone can be had of a read-only file
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise UsageError(
            f"The gradebook {gradebook} cannot be written ({error}): close the program that uses it, or make it "
            f"writable, and run the same command again. {_KEPT}"
        ) from None
