"""Plain nbgrader with this course's configuration: safe, and never a zero for a fault of ours."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.classroom import read_class_task
from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS, WRITTEN
from autograder.gradebook import read_score, save
from autograder.graded import store_graded
from autograder.grading import grade_submission
from autograder.preprocessors import set_links_aside


def nbgrader(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | environment)


def hand_in(course: Course, student: str, notebook: bytes) -> Path:
    folder = course.root / "submitted" / student / "hw2"
    folder.mkdir(parents=True)
    (folder / "hw2.ipynb").write_bytes(notebook)
    return folder


def test_links_are_set_aside_before_nbgrader_follows_them(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    folder = hand_in(course, "ann", b"no notebook")
    (folder / "netid").symlink_to(course.root / "gradebook.db")
    (folder / "endless").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    done = nbgrader(course.root, "autograde", "hw2")
    assert done.returncode == 0, done.stderr
    graded = course.root / "autograded" / "ann" / "hw2"
    assert not {"netid", "endless", "pipe"} & {path.name for path in graded.iterdir()}
    kept = course.state / "refused" / "ann" / "hw2" / "hw2"
    assert {path.name for path in kept.iterdir()} == {"netid", "endless", "pipe"}
    score = read_score(course, "hw2", "ann")
    assert score and score.points == 0


def test_a_link_that_was_refused_twice_is_kept_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "submitted" / "ann" / "hw2"
    folder.mkdir(parents=True)
    for target in ("a", "b"):
        (folder / "x").symlink_to(target)
        set_links_aside("hw2", "*", [str(folder / "hw2.ipynb")])
    kept = sorted((tmp_path / ".autograder" / "refused" / "ann" / "hw2" / "hw2").iterdir())
    assert [str(path.readlink()) for path in kept] == ["a", "b"]


def test_a_fault_of_the_grader_waits_for_a_person_and_is_not_a_zero(
    copy_course: Callable[[Path], Course], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    release = course.release_notebook("hw2")
    release.write_text(release.read_text().replace('"points": 3', '"points": 4'))  # the checks say 3
    hand_in(course, "ann", b"no notebook")
    assert nbgrader(course.root, "autograde", "hw2").returncode != 0
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        grades = gradebook.find_submission_notebook("hw2", "hw2", "ann").grades
        assert {(grade.auto_score, grade.needs_manual_grade) for grade in grades} == {(None, True)}
    assert not (course.root / "autograded" / "ann" / "hw2").exists()


def test_what_no_check_can_judge_waits_for_a_person(
    copy_course: Callable[[Path], Course], filled: Callable[[dict[str, str]], bytes], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    hand_in(course, "ann", filled({}))
    task = read_class_task(course, "hw2", "ann")
    graded = grade_submission(task)
    verdict = graded.verdict
    check = next(check for check in verdict["checks"] if check["cell"] == "check_losses")
    check["outcome"] = "cannot_judge"
    store_graded(course, "hw2", task.key, replace(graded, verdict=verdict))
    assert save(course, "hw2", "ann") is None
    score = read_score(course, "hw2", "ann")
    assert score and score.waiting == ("check_losses",)


def test_a_student_can_validate_the_filled_notebook(
    copy_course: Callable[[Path], Course], filled: Callable[[dict[str, str]], bytes], tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    (course.root / "release" / "hw2" / "hw2.ipynb").write_bytes(filled(THREE_OPTIMIZERS | WRITTEN))
    budget = {"COURSE_MAX_EPOCHS": "1", "COURSE_MAX_STEPS_PER_EPOCH": "2"}
    beside = {"PYTHONPATH": str(course.root)}  # in a kit, what the notebook imports lies beside it
    done = nbgrader(course.root, "validate", "release/hw2/hw2.ipynb", **budget, **beside)
    assert "Success!" in done.stdout, done.stdout + done.stderr


def test_a_time_that_nbgrader_did_not_note_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "submitted" / "ann" / "hw2"
    folder.mkdir(parents=True)
    right, wrong = "2024-02-24 10:11:12.5 UTC", ("2024-02-30 10:11:12", "9" * 5000, "\xff", "")
    for content, kept in {right: True, **dict.fromkeys(wrong, False)}.items():
        (folder / "timestamp.txt").write_text(content)
        set_links_aside("hw2", "*", [str(folder / "hw2.ipynb")])
        assert (folder / "timestamp.txt").exists() is kept
