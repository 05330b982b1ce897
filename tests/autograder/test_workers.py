"""A worker that dies or hangs costs its submission no points, and the others nothing."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import dask
import distributed
import psutil
import pytest

from autograder import classroom
from autograder.config import Course
from autograder.gradebook import read_score
from tests.autograder.handed_in import grade, hand_in, points_of
from tests.processes import ask_below


def test_a_large_submission_is_graded_without_advice_from_dask(
    copy_course: Callable[[Path], Course], tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    course = copy_course(tmp_path / "course")
    hand_in(course, "large", b'{"cells": [')
    (course.root / "submitted" / "large" / "hw2" / "hw2.pdf").write_bytes(bytes(11 * 2**20))
    rows, _ = grade(course)
    assert [row.status for row in rows.values()] == ["graded"]
    assert [str(warning.message) for warning in recwarn if "large graph" in str(warning.message)] == []


def the_first_worker_that_runs_a_sandbox(ended: threading.Event) -> psutil.Process | None:
    """A process of Dask; the one that judges, which earlier tests have started from here, is a sandbox itself."""
    me = os.getpid()
    while not ended.wait(0.05):
        for worker, (parent, name) in ask_below(lambda process: (process.ppid(), process.name())).items():
            if parent == me and name != "bwrap" and "bwrap" in ask_below(psutil.Process.name, worker.pid).values():
                return worker
    return None


def kill_the_first_worker_that_runs_a_sandbox(ended: threading.Event) -> None:
    if worker := the_first_worker_that_runs_a_sandbox(ended):
        worker.kill()


def test_a_worker_that_dies_costs_its_submission_no_points_and_the_others_nothing(
    copy_course: Callable[[Path], Course], filled: Callable[[dict[str, str]], bytes], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    for student in ("ann", "bob"):
        hand_in(course, student, filled({"configure_optimizers": f"raise ValueError({student!r})"}))
    ended = threading.Event()
    killer = threading.Thread(target=kill_the_first_worker_that_runs_a_sandbox, args=(ended,))
    killer.start()
    try:
        assert distributed.config  # loads the settings of which one is changed here
        with dask.config.set({"distributed.scheduler.allowed-failures": 0}):  # by default the work is tried again
            rows, printed = grade(course)
    finally:
        ended.set()
        killer.join()
    lost = [student for student, row in rows.items() if row.status == "grader fault"]
    assert len(lost) == 1
    assert f"{lost[0]}: grader fault" in printed
    assert "KilledWorker" in (course.state / "faults" / "hw2" / f"{lost[0]}.txt").read_text()
    assert read_score(course, "hw2", lost[0]) is None
    rows, _ = grade(course)
    assert {student: row.status for student, row in rows.items()} == {
        student: "graded" if student in lost else "unchanged" for student in ("ann", "bob")
    }
    assert not list((course.state / "faults" / "hw2").iterdir())


def stop_the_first_worker_that_runs_a_sandbox(ended: threading.Event) -> None:
    """It is frozen, as where a machine hangs, and neither answers nor dies."""
    if worker := the_first_worker_that_runs_a_sandbox(ended):
        worker.suspend()


def test_a_worker_that_hangs_is_given_up_and_the_run_ends(
    copy_course: Callable[[Path], Course],
    filled: Callable[[dict[str, str]], bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    course = copy_course(tmp_path / "course")
    for student in ("ann", "bob"):
        hand_in(course, student, filled({"configure_optimizers": f"raise ValueError({student!r})"}))
    monkeypatch.setattr(classroom, "longest_seconds", lambda limits: 5.0)
    ended = threading.Event()
    stopper = threading.Thread(target=stop_the_first_worker_that_runs_a_sandbox, args=(ended,))
    stopper.start()
    try:
        rows, _ = grade(course)
    finally:
        ended.set()
        stopper.join()
    lost = [student for student, row in rows.items() if row.status == "grader fault"]
    faults = [(course.state / "faults" / "hw2" / f"{student}.txt").read_text() for student in lost]
    assert faults and all("No answer of a worker within 10 seconds" in fault for fault in faults)
    assert psutil.STATUS_STOPPED not in ask_below(psutil.Process.status).values()
    monkeypatch.undo()
    rows, _ = grade(course)
    assert {student: points_of(row) for student, row in rows.items()} == {"ann": 0, "bob": 0}
