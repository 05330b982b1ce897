"""Where results cannot be kept: one clear sentence, and the next run goes on where this one stopped.

The folders are made small or read-only by bubblewrap, as a full disk or a wrong mount would make them.
"""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.gradebook import read_score
from autograder.storage import turn_to_save

GRADE = [sys.executable, "-c", "from autograder.cli import main; main()"]
SAME_MACHINE = ("bwrap", "--die-with-parent", "--dev-bind", "/", "/")


@pytest.fixture
def course(copy_course: Callable[[Path], Course], filled: Callable[[dict[str, str]], bytes], tmp_path: Path) -> Course:
    made = copy_course(tmp_path / "course")
    assert made.secret
    for student, answers in {
        "ann": {"configure_optimizers": THREE_OPTIMIZERS["configure_optimizers"]},
        "bob": {},
    }.items():
        folder = made.root / "submitted" / student / "hw2"
        folder.mkdir(parents=True)
        (folder / "netid").write_text("abc1\n")
        (folder / "hw2.ipynb").write_bytes(filled(answers))
    return made


def run(course: Course, *before: str, command: tuple[str, ...] = ("grade", "hw2")) -> tuple[int, str, str]:
    done = subprocess.run(
        [*before, *GRADE, *command], cwd=course.root, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return done.returncode, done.stdout, done.stderr


def contents(course: Course) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


def test_two_processes_take_turns_to_save(course: Course) -> None:
    begun = threading.Event()

    def save() -> None:
        with turn_to_save(course):
            begun.set()

    other = threading.Thread(target=save)
    with turn_to_save(course):
        other.start()
        assert not begun.wait(0.3)
    assert begun.wait(30)
    other.join()


def assert_told(status: int, stderr: str, words: str) -> None:
    assert status == 2, stderr
    assert stderr.startswith("autograder: ") and stderr.count("\n") == 1
    assert words in stderr and "run the same command again" in stderr


def test_a_full_disk_is_told_before_anything_is_graded(course: Course) -> None:
    (course.state / "results" / "hw2").mkdir(parents=True)
    before, results = contents(course), str(course.state / "results")
    status, stdout, stderr = run(course, *SAME_MACHINE, "--size", str(2**19), "--tmpfs", results)
    assert stdout == ""
    assert_told(status, stderr, "No space left on device")
    assert contents(course) == before


def test_a_disk_that_fills_while_the_class_is_graded_keeps_what_was_saved(course: Course) -> None:
    """The folder of graded notebooks has room for the look before, and not for a large submission."""
    autograded = course.root / "autograded"
    autograded.mkdir()
    (course.root / "submitted" / "ann" / "hw2" / "hw2.pdf").write_bytes(os.urandom(3 * 2**20))
    status, _, stderr = run(course, *SAME_MACHINE, "--size", str(2 * 2**20), "--tmpfs", str(autograded))
    assert_told(status, stderr, "No space left on device")
    kept = {path: path.read_bytes() for path in (course.state / "results" / "hw2").iterdir()}
    assert kept
    status, stdout, stderr = run(course)
    assert status == 0, stdout + stderr
    points = {student: read_score(course, "hw2", student) for student in ("ann", "bob")}
    assert {student: score and score.points for student, score in points.items()} == {"ann": 1, "bob": 0}
    assert {path: path.read_bytes() for path in kept} == kept  # nothing was graded again


def test_a_read_only_results_folder_is_told(course: Course) -> None:
    (course.state / "results" / "hw2").mkdir(parents=True)
    before, results = contents(course), str(course.state / "results")
    status, _, stderr = run(course, *SAME_MACHINE, "--ro-bind", results, results)
    assert_told(status, stderr, "Read-only file system")
    assert contents(course) == before


def test_a_read_only_gradebook_is_told(course: Course) -> None:
    before, gradebook = contents(course), str(course.root / "gradebook.db")
    status, _, stderr = run(course, *SAME_MACHINE, "--ro-bind", gradebook, gradebook)
    assert_told(status, stderr, "gradebook.db cannot be written")
    assert contents(course) == before


@pytest.mark.parametrize("command", [("grade", "hw2"), ("export", "hw2")], ids=["grade", "export"])
def test_a_locked_gradebook_is_told(course: Course, command: tuple[str, ...]) -> None:
    before = contents(course)
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        status, _, stderr = run(course, command=command)
    finally:
        other.close()
    assert_told(status, stderr, "database is locked")
    assert contents(course) == before
