"""Right work that arrives in ordinary odd ways, through the whole pipeline: its points, and nothing final unseen."""

import csv
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output
from rich.console import Console

from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS, WRITTEN
from autograder.feedback.write import write_feedback
from autograder.intake import grade_id
from autograder.people import export_people
from autograder.report.terminal import Row, grade_and_show
from autograder.reproduce.reruns import read_reruns
from autograder.spreadsheet import guard
from tests.autograder.intake.homework import Homework

CHECKS = ["check_convergence", "check_losses", "check_optimizers", "check_train_step"]
ANSWERS = sorted(WRITTEN)
ODD = "smith [2]\n*?"


@dataclass
class Arrived:
    course: Course
    rows: dict[str, Row]
    people: dict[str, dict[str, str]]
    pages: list[Path]
    printed: str


def moved(homework: Homework) -> bytes:
    """Every function stands in another cell than the one handed out for it."""
    for name in THREE_OPTIMIZERS:
        homework.drop(name)
    homework["imports"].source += "\n\n" + THREE_OPTIMIZERS["configure_optimizers"]
    homework.put(homework.place("check_losses"), "%%time\n" + THREE_OPTIMIZERS["loss_functions"])
    step = THREE_OPTIMIZERS["train_step"].replace("    return", "    helper()\n    return")
    homework.put(len(homework.notebook.cells), "def helper():\n    pass\n")
    homework.put(len(homework.notebook.cells), step)
    return homework.written()


def misplaced(homework: Homework) -> bytes:
    """Every answer stands in another cell than the one handed out for it, and stubs are left below the code."""
    for name in THREE_OPTIMIZERS:
        homework.put(homework.place(name), THREE_OPTIMIZERS[name])
    texts = iter(WRITTEN.values())
    homework.put(homework.place("answer_what_you_did") + 1, next(texts), "markdown")
    homework.put(homework.place("answer_results") + 1, next(texts), "raw")
    homework["question_mode_collapse"].source += f"\n\n{next(texts)}"
    homework.put(homework.place("answer_conflicts"), f"# {next(texts)}")
    homework.drop("answer_conditioning")
    homework.put(homework.place("references"), next(texts), "markdown")
    return homework.written()


def pasted(homework: Homework) -> bytes:
    """All cells in a new notebook, in an encoding and with line ends of Windows."""
    for number, cell in enumerate(homework.notebook.cells):
        cell.metadata, cell.id = {}, f"new{number}"
        cell.source = cell.source.replace("\n", "\r\n")
    return json.dumps(homework.notebook, ensure_ascii=False).encode("utf-16")


def unfinished(homework: Homework) -> bytes:
    """One function and one answer are not written; the outputs are large."""
    homework.put(2, "1").outputs = [new_output("display_data", {"image/png": "A" * (40 * 2**20)})]
    return homework.written()


@pytest.fixture(scope="module")
def arrived(
    copy_course: Callable[[Path], Course],
    tmp_path_factory: pytest.TempPathFactory,
) -> Arrived:
    course = copy_course(tmp_path_factory.mktemp("arrivals") / "course")
    release = nbformat.read(course.release_notebook("hw2"), as_version=4)
    frames = {f"epoch_{number:03d}.png": b"a picture" for number in range(200)}
    hand_in(course, "moved", {"hw2.ipynb": moved(Homework(release, ()))})
    hand_in(course, "misplaced", {"hw2.ipynb": misplaced(Homework(release, (*THREE_OPTIMIZERS, *WRITTEN)))})
    hand_in(course, ODD, {"hw2.ipynb": pasted(Homework(release, ())), **frames})
    half = unfinished(Homework(release, ("train_step", "answer_results")))
    hand_in(course, "-unfinished", {"hw2.ipynb": half, "timestamp.txt": b"\xff[no time", "hw2_files": b""})
    hand_in(course, "damaged", {"hw2.ipynb": b'{"cells": [', "hw2.pdf": b"%PDF-1.4"})
    hand_in(course, "nothing", {})
    hand_in(course, os.fsdecode(b"m\xfcller"), {})
    console = Console(width=160, record=True, force_terminal=False)
    rows = {row.student: row for row in grade_and_show(course, "hw2", console)}
    export_people(course, "hw2", course.root / "people.csv")
    with (course.root / "people.csv").open(newline="", encoding="utf-8-sig", errors="replace") as file:
        by_id = {row["id"]: row for row in csv.DictReader(file)}
    people = {student: by_id[guard(student)] for student in rows if guard(student) in by_id}
    return Arrived(course, rows, people, list(write_feedback(course, "hw2").pages.values()), console.export_text())


def hand_in(course: Course, student: str, files: dict[str, bytes]) -> None:
    folder = course.root / "submitted" / student / "hw2"
    folder.mkdir(parents=True)
    for name, content in {"netid": b"aa101\n", **files}.items():
        (folder / name).write_bytes(content)


def points(row: Row) -> float:
    assert row.verdict is not None
    return row.verdict.points


def waiting(row: Row) -> list[str]:
    assert row.score is not None
    return list(row.score.waiting)


def graded_notebook(arrived: Arrived, student: str) -> dict[str, str]:
    path = arrived.course.root / "autograded" / student / "hw2" / "hw2.ipynb"
    return {str(grade_id(cell)): cell.source for cell in nbformat.read(path, as_version=4).cells}


@pytest.mark.parametrize("student", ["moved", "misplaced", ODD])
def test_right_work_gets_its_points_and_its_answers_wait(arrived: Arrived, student: str) -> None:
    assert points(arrived.rows[student]) == 7
    assert waiting(arrived.rows[student]) == ANSWERS
    assert arrived.people[student]["status"] == "waiting for a person"
    assert [arrived.people[student][name] for name in ANSWERS] == [""] * 5  # and not 0


@pytest.mark.parametrize("student", ["misplaced", ODD])
def test_the_text_of_an_answer_is_read_where_it_is_marked(arrived: Arrived, student: str) -> None:
    shown = graded_notebook(arrived, student)
    assert [name for name, text in WRITTEN.items() if text not in shown[name]] == []


def test_what_is_not_written_is_decided_and_large_outputs_cost_nothing(arrived: Arrived) -> None:
    row = arrived.rows["-unfinished"]
    assert points(row) == 4
    assert waiting(row) == [name for name in ANSWERS if name != "answer_results"]
    assert arrived.people["-unfinished"]["answer_results"] == "0"


def test_a_damaged_notebook_waits_for_a_person_and_one_of_nothing_does_not(arrived: Arrived) -> None:
    assert points(arrived.rows["damaged"]) == 0
    assert waiting(arrived.rows["damaged"]) == sorted([*ANSWERS, *CHECKS])
    assert {arrived.people["damaged"][name] for name in (*ANSWERS, *CHECKS)} == {""}
    assert waiting(arrived.rows["nothing"]) == []
    assert arrived.people["nothing"]["status"] == "graded"


def test_no_name_in_a_submission_means_anything_to_a_tool_behind(arrived: Arrived) -> None:
    faults = {student for student, row in arrived.rows.items() if row.verdict is None}
    assert faults == {os.fsdecode(b"m\xfcller")}
    assert "m?ller: The name of this folder in submitted/ is no text in UTF-8" in arrived.printed
    assert {page.parent.parent.name for page in arrived.pages} == arrived.rows.keys() - faults
    assert all(page.is_file() for page in arrived.pages)


def test_every_command_reads_the_same_notebook(arrived: Arrived) -> None:
    (rerun,) = read_reruns(arrived.course, "hw2", [ODD], epochs=1, minutes=1)
    assert "train_step" in rerun.submission.notebook.decode("utf-16")


def test_grading_again_changes_nothing_and_a_mark_stays(arrived: Arrived) -> None:
    console = Console(width=160, record=True, force_terminal=False)
    again = {row.student: row for row in grade_and_show(arrived.course, "hw2", console)}
    assert {row.status for row in again.values() if row.verdict} == {"unchanged"}
    assert {student: row.score for student, row in again.items()} == {s: row.score for s, row in arrived.rows.items()}
