"""A whole class, graded by the command: what people see, what arrives in the gradebook, what is done again."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder import classroom
from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS, WRITTEN
from autograder.errors import UsageError
from autograder.feedback.write import write_feedback
from autograder.gradebook import export_csv, read_saved, read_score
from autograder.preprocessors import RESULT_KEY
from autograder.report.terminal import Row
from tests.autograder.handed_in import grade, hand_in, points_of, score_of
from tests.autograder.test_cli import run

ANSWERS = sorted(WRITTEN)
CHECKS = ["check_convergence", "check_losses", "check_optimizers", "check_train_step"]
LOSSES = THREE_OPTIMIZERS["loss_functions"]
MEAN = "mse_loss(reconstruction, x_real)"
PARTLY = THREE_OPTIMIZERS | WRITTEN | {"loss_functions": LOSSES.replace(MEAN, MEAN[:-1] + ", reduction='sum')")}
KILLER = THREE_OPTIMIZERS | WRITTEN | {"loss_functions": f"{LOSSES}\n\nimport os\nos._exit(0)"}


@dataclass
class Graded:
    course: Course
    rows: dict[str, Row]
    printed: str
    beside: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def graded(
    copy_course: Callable[[Path], Course],
    filled: Callable[[dict[str, str]], bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> Graded:
    course = copy_course(tmp_path_factory.mktemp("class") / "course")
    hand_in(course, "right", filled(THREE_OPTIMIZERS | WRITTEN))
    hand_in(course, "partly", filled(PARTLY))
    hand_in(course, "killer", filled(KILLER))
    hand_in(course, "damaged", b'{"cells": [')
    hand_in(course, "missing", None)
    (course.root / "submitted" / "missing" / "hw2" / "grades.db").symlink_to(course.root / "gradebook.db")
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "grade", "hw2", "--student", "damaged"]
    beside = subprocess.Popen(command, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    rows, printed = grade(course)
    said, complained = beside.communicate()
    return Graded(course, rows, printed, subprocess.CompletedProcess(command, beside.returncode, said, complained))


def result_files(course: Course) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (course.state / "results" / "hw2").iterdir()}


def test_every_submission_gets_its_points_whatever_the_others_are(graded: Graded) -> None:
    assert sorted(graded.rows) == ["damaged", "killer", "missing", "partly", "right"]
    points = {student: points_of(row) for student, row in graded.rows.items()}
    assert points["right"] == 7
    assert 0 < points["partly"] < 7
    assert 0 < points["killer"] < 7  # what ran before it died counts
    assert points["damaged"] == points["missing"] == 0


def test_one_student_is_graded_beside_a_running_class_and_disturbs_nobody(graded: Graded) -> None:
    assert graded.beside.returncode == 0, graded.beside.stderr
    assert "hw2: 1 submission" in graded.beside.stdout
    assert "damaged: graded, checks 0/7" in graded.beside.stdout
    assert {row.status for row in graded.rows.values()} <= {"graded", "unchanged"}
    assert not list((graded.course.state / "faults" / "hw2").glob("*"))


def test_points_and_partial_credit_arrive_in_the_gradebook(graded: Graded) -> None:
    for student, row in graded.rows.items():
        score = score_of(read_score(graded.course, "hw2", student))
        assert score.points == points_of(row)
        assert score.max_points == 20
    with Gradebook(f"sqlite:///{graded.course.root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("check_losses", "hw2", "hw2", "partly")
        assert (grade.auto_score, grade.max_score) == (2, 3)


def test_written_answers_wait_for_a_person_and_so_does_all_that_could_not_be_read(graded: Graded) -> None:
    assert list(score_of(graded.rows["right"].score).waiting) == ANSWERS
    assert list(score_of(graded.rows["killer"].score).waiting) == ANSWERS
    assert list(score_of(graded.rows["damaged"].score).waiting) == sorted([*ANSWERS, *CHECKS])
    assert list(score_of(graded.rows["missing"].score).waiting) == sorted([*ANSWERS, *CHECKS])  # a link was handed in


def test_people_read_names_of_mistakes_and_reasons(graded: Graded) -> None:
    assert "sum-instead-of-mean" in graded.printed
    assert "damaged: The notebook cannot be read: it is damaged or cut off" in graded.printed
    assert "missing: The notebook is missing." in graded.printed
    assert "killer: The notebook was stopped in code cell" in graded.printed
    assert "grades.db was left out: a link" in graded.printed


def test_what_was_handed_in_is_not_touched_and_no_link_is_followed(graded: Graded) -> None:
    folder = graded.course.root / "submitted" / "missing" / "hw2"
    assert sorted(path.name for path in folder.iterdir()) == ["grades.db", "netid"]
    assert (folder / "grades.db").is_symlink()
    assert not list((graded.course.root / "autograded").rglob("grades.db"))
    assert (graded.course.root / "autograded" / "missing" / "hw2" / "netid").read_text() == "missing1\n"


def test_the_graded_notebook_shows_the_marking_scheme_and_the_feedback_page_does_not(graded: Graded) -> None:
    course = graded.course
    assert all(page.is_file() for page in write_feedback(course, "hw2").pages.values())
    notebook = nbformat.read(course.root / "autograded" / "right" / "hw2" / "hw2.ipynb", as_version=4)
    assert any("MARK SCHEME" in cell.source for cell in notebook.cells)
    page = (course.root / "feedback" / "partly" / "hw2" / "hw2.html").read_text()
    assert "MARK SCHEME" not in page
    assert "2 of 3" in page and "Code: 6 of 7." in page


def test_a_stale_result_holds_up_its_own_page_and_no_other(graded: Graded, capsys: pytest.CaptureFixture[str]) -> None:
    course = graded.course
    assert run("report", "hw2", "--course", course.root) == 0
    pages = {student: course.feedback_page("hw2", student) for student in graded.rows}
    for page in pages.values():
        page.write_text("a page of before")
    saved = read_saved(course, "hw2", "damaged")
    assert saved is not None
    stored = course.state / "results" / "hw2" / f"{saved.key}.json"
    netid = course.root / "submitted" / "missing" / "hw2" / "netid"
    result, ids = stored.read_bytes(), netid.read_bytes()
    stored.write_bytes(result[:-9])
    netid.write_text("another1\n")
    capsys.readouterr()
    assert run("report", "hw2", "--course", course.root) == 3
    said = capsys.readouterr().out
    assert "the stored result is gone or damaged: damaged." in said
    assert "Graded before what is handed in now: missing." in said
    assert "Next: autograder grade hw2" in said and "Feedback pages: 4 under" in said
    assert [student for student, page in pages.items() if page.read_text() == "a page of before"] == ["damaged"]
    assert run("return", "hw2", "--waiting", "--course", course.root) == 3
    said = capsys.readouterr().out
    assert "damaged: held, its stored result is gone or damaged" in said
    assert "missing: held, something else was handed in" in said
    given = course.root / "returned" / "hw2"
    assert sorted(path.name for path in given.iterdir()) == ["killer", "partly", "right"]
    stored.write_bytes(result)
    netid.write_bytes(ids)
    assert run("return", "hw2", "--waiting", "--course", course.root) == 0
    assert sorted(path.name for path in given.iterdir()) == sorted(graded.rows)


def test_a_manual_grade_joins_and_the_csv_has_it(graded: Graded, tmp_path: Path) -> None:
    with Gradebook(f"sqlite:///{graded.course.root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("answer_what_you_did", "hw2", "hw2", "right")
        grade.manual_score, grade.needs_manual_grade = 3.5, False
        gradebook.db.commit()
    score = score_of(read_score(graded.course, "hw2", "right"))
    assert score.points == 10.5
    assert len(score.waiting) == len(ANSWERS) - 1
    export_csv(graded.course, "hw2", tmp_path / "out" / "hw2.csv")
    with (tmp_path / "out" / "hw2.csv").open(newline="", encoding="utf-8-sig") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores["right"] == 10.5
    assert scores["damaged"] == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["hw2.csv"]


def test_an_assignment_without_checks_cannot_be_graded_and_the_sentence_says_why(released_course: Course) -> None:
    bare = replace(released_course.assignment("lab_gan"), name="bare")
    course = replace(released_course, assignments={"bare": bare})
    with pytest.raises(UsageError, match="no hidden checks for 'bare'"):
        next(classroom.grade_class(course, "bare"))


def test_a_second_run_grades_only_what_changed(graded: Graded) -> None:
    before = result_files(graded.course)
    hand_in(graded.course, "damaged", b"now it is something else, and still no notebook")
    rows, _ = grade(graded.course)
    status = {student: row.status for student, row in rows.items()}
    assert status.pop("damaged") == "graded"
    assert set(status.values()) == {"unchanged"}
    after = result_files(graded.course)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1


def test_plain_nbgrader_grades_the_same_with_stored_results_and_without(graded: Graded) -> None:
    course = graded.course
    notebook = course.root / "autograded" / "killer" / "hw2" / "hw2.ipynb"
    (course.state / "results" / "hw2" / f"{json.loads(notebook.read_text())['metadata'][RESULT_KEY]}.json").unlink()
    before = result_files(course)
    scores = {student: score_of(read_score(course, "hw2", student)) for student in graded.rows}
    command = [sys.executable, "-m", "nbgrader", "autograde", "hw2", "--force"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {student: score_of(read_score(course, "hw2", student)).points for student in graded.rows} == {
        student: score.points for student, score in scores.items()
    }
    after = result_files(course)
    assert len(after) == len(before) + 1  # the one that was taken away was run again, and no other
    assert {name: after[name] for name in before} == before


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A Dask scheduler and two workers, each a process of its own, on the loopback interface."""
    dask = [sys.executable, "-m", "dask"]
    quiet = {"cwd": tmp_path, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    file = tmp_path / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    processes = [subprocess.Popen([*dask, "scheduler", *options], **quiet)]  # type: ignore[call-overload]
    try:
        while not file.exists() or not file.read_text().strip():
            assert processes[0].poll() is None
        address = json.loads(file.read_text())["address"]
        for _ in range(2):
            worker = [*dask, "worker", address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
            processes.append(subprocess.Popen(worker, **quiet))  # type: ignore[call-overload]
        from distributed import Client

        with Client(address) as client:
            client.wait_for_workers(2, timeout=60)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(timeout=30)


def test_a_running_dask_cluster_grades_the_same(
    graded: Graded,
    scheduler: str,
    copy_course: Callable[[Path], Course],
    filled: Callable[[dict[str, str]], bytes],
    tmp_path: Path,
) -> None:
    course = copy_course(tmp_path / "course")
    hand_in(course, "partly", filled(PARTLY))
    hand_in(course, "unfilled", filled({}))
    hand_in(course, "damaged", b"")
    rows, _ = grade(course, scheduler=scheduler)
    assert points_of(rows["partly"]) == points_of(graded.rows["partly"])
    assert points_of(rows["unfilled"]) == points_of(rows["damaged"]) == 0
    assert score_of(read_score(course, "hw2", "partly")).points == points_of(rows["partly"])
