"""A class that is graded while processes are killed: whatever dies, and whenever, the next run ends it rightly.

`CHAOS_ROUNDS=50 pytest tests/autograder/test_chaos.py` plays more rounds than the one of `make test`.
"""

import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from autograder.classroom import read_class_task
from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.gradebook import read_score
from autograder.graded import load_graded
from autograder.grading import Task
from autograder.sandbox.warm.template import OWN
from tests.processes import processes_with

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "1"))
PARTLY = {name: THREE_OPTIMIZERS[name] for name in ("configure_optimizers", "loss_functions")}
POINTS = {"right": 7, "partly": 4, "unfilled": 0, "killer": 4}
ANSWERS: dict[str, dict[str, str]] = {
    "right": THREE_OPTIMIZERS,
    "partly": PARTLY,
    "unfilled": {},
    "killer": PARTLY | {"train_step": "import os\nos._exit(7)"},
}
GRADER_SECONDS, OTHER_SECONDS = 12.0, 2.0  # within which the grader is killed, or one that has been seen to run
# a template, a warden and a kernel all are forks of one process
COMMANDS = {"worker": "multiprocessing.spawn", "template or kernel": OWN, "sandbox": "bwrap", "any": ""}


def make_class(copy_course: Callable[[Path], Course], filled: Callable[[dict[str, str]], bytes], root: Path) -> Course:
    course = copy_course(root)
    assert course.secret == course.secret
    for student, answers in ANSWERS.items():
        folder = root / "submitted" / student / "hw2"
        folder.mkdir(parents=True)
        (folder / "netid").write_text("abc1\n")
        (folder / "hw2.ipynb").write_bytes(filled(answers))
    return course


def start(course: Course, temporary: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "grade", "hw2"]
    environment = {**os.environ, "TMPDIR": str(temporary), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command,
        cwd=course.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_one(grader: subprocess.Popen[str], kind: str, chance: random.Random) -> str:
    """Kills one process of that kind at a random moment; returns what it was."""
    if kind == "grader":
        time.sleep(chance.uniform(0, GRADER_SECONDS))
        grader.kill()
        return "grader"
    while grader.poll() is None and not processes_with(COMMANDS[kind], grader.pid):
        time.sleep(0.1)
    time.sleep(chance.uniform(0, OTHER_SECONDS))
    victims = processes_with(COMMANDS[kind], grader.pid)
    if not victims:
        return f"no {kind}"
    with contextlib.suppress(psutil.Error):
        chance.choice(victims).kill()
    return kind


def result_files(course: Course) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (course.state / "results" / "hw2").glob("*.json")}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_whatever_is_killed_the_next_run_ends_the_class_rightly(
    number: int,
    copy_course: Callable[[Path], Course],
    filled: Callable[[dict[str, str]], bytes],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    chance = random.Random(number)
    course = make_class(copy_course, filled, tmp_path / "course")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    killed, seen = [], set()
    results: dict[str, int] = {}
    for kinds in (("grader",), chance.sample(sorted(COMMANDS), 3), ()):
        grader = start(course, temporary)
        try:
            for kind in kinds:
                if grader.poll() is None:
                    seen |= set(processes_with("", grader.pid))
                    killed.append(kill_one(grader, kind, chance))
            printed, _ = grader.communicate(timeout=400)
        finally:
            seen |= set(processes_with("", grader.pid))
            grader.kill()
            grader.wait()
        assert {name: result_files(course).get(name) for name in results} == results  # nothing is graded twice
        results = result_files(course)
    record_property("killed", killed)
    assert grader.returncode == 0, printed
    assert {student: given(course, student) for student in ANSWERS} == {
        student: (points, points) for student, points in POINTS.items()
    }
    assert len(results) == len(ANSWERS)
    with sqlite3.connect(course.root / "gradebook.db") as gradebook:
        assert gradebook.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert gradebook.execute("SELECT count(*) FROM submitted_assignment").fetchone() == (len(ANSWERS),)
    _, alive = psutil.wait_procs(seen, timeout=20)
    assert alive == []
    assert [path.name for path in temporary.rglob("*")] == []
    assert list((course.state / "staged").rglob("*")) == []


def given(course: Course, student: str) -> tuple[float, float]:
    """The points of the stored result and those in the gradebook."""
    task: Task = read_class_task(course, "hw2", student)
    graded, score = load_graded(course, "hw2", task.key), read_score(course, "hw2", student)
    assert graded is not None and score is not None
    shown = json.loads((course.root / "autograded" / student / "hw2" / "hw2.ipynb").read_text())
    assert shown["cells"]
    return graded.verdict["points"], score.points
