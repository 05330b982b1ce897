"""Grades for other systems, read back as those systems read them."""

import base64
import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.config import Assignment, load_course
from autograder.errors import UsageError
from autograder.exports.books import CANVAS, MOODLE, Book, fill_book, make_book
from autograder.exports.grades import PersonGrade
from autograder.exports.team_results import TeamResult, classroom, gradescope
from autograder.gradebook import Score
from autograder.lookup import Person
from autograder.people import Status
from autograder.verdict import CheckResult, Verdict

ROOT = Path(__file__).parents[2]
ADA = Person("ada1", "Ada Lovelace", "ada1@uni.edu", {"sis login id": "ada1", "id": "7001"})
BOB = Person("bob2", "=cmd|x", "bob2@uni.edu", {"sis login id": "bob2", "id": "7002"})
EVE = Person("eve5", "Eve", "eve5@uni.edu", {})
GRADED = (
    PersonGrade(ADA, 17.5, 20, Status.GRADED),
    PersonGrade(BOB, None, None, Status.WAITING),
    PersonGrade(EVE, 0.0, 20, Status.GRADED),
)
CANVAS_EXPORT = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (11),"
    "Homework 2: an autoencoder and a GAN in one (12),Total\n"
    ",,,,,Manual Posting,,(read only)\n"
    "    Points Possible,,,,,10.00,,(read only)\n"
    '"Lovelace, Ada",7001,0071,ada1,A,9.5,,95.0\n'
    '"Nobody, Nora",7009,0079,nora9,A,,3,\n'
    '"=cmd|x",7002,0072,bob2,A,-,4,\n'
    '"Student, Test",7999,,test,A,,,\n'
)


@pytest.fixture(scope="module")
def hw2() -> Assignment:
    return load_course(ROOT).assignment("hw2")


def rows(path: Path, separator: str = ",") -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file, delimiter=separator))


def test_canvas_gets_its_own_file_back_with_one_column_filled(hw2: Assignment, tmp_path: Path) -> None:
    (tmp_path / "canvas.csv").write_text(CANVAS_EXPORT, encoding="utf-8")
    filled = fill_book(CANVAS, hw2, GRADED, tmp_path / "canvas.csv", tmp_path / "out.csv")
    before, after = rows(tmp_path / "canvas.csv"), rows(tmp_path / "out.csv")
    assert (filled.filled, filled.unknown, filled.absent) == (1, ("Nobody, Nora",), ("eve5",))
    assert after[2][6] == "20"  # the points possible, which were empty
    assert after[3][6] == "17.5"
    assert after[5][0] == "'=cmd|x" and after[5][5:7] == ["-", "4"]  # no score yet: what was there stays
    changed = {(2, 6), (3, 6), (5, 0)}
    for i, row in enumerate(before):
        assert [c for j, c in enumerate(row) if (i, j) not in changed] == [
            c for j, c in enumerate(after[i]) if (i, j) not in changed
        ]


def test_a_column_that_is_missing_is_added_and_one_that_is_not_clear_is_asked_for(
    hw2: Assignment, tmp_path: Path
) -> None:
    export = tmp_path / "canvas.csv"
    export.write_text("Student,ID,SIS Login ID,Section\nAda,7001,ada1,A\n", encoding="utf-8")
    assert fill_book(CANVAS, hw2, GRADED, export, export, "HW 2").column == "HW 2"  # also in place
    assert rows(export) == [["Student", "ID", "SIS Login ID", "Section", "HW 2"], ["Ada", "7001", "ada1", "A", "17.5"]]
    export.write_text("Student,ID,SIS Login ID,Section,hw2 (1),hw2 (2)\nAda,7001,ada1,A,,\n", encoding="utf-8")
    before = export.read_bytes()
    with pytest.raises(UsageError, match=r"more than one column .*hw2 \(1\), hw2 \(2\).*--column"):
        fill_book(CANVAS, hw2, GRADED, export, export)
    assert export.read_bytes() == before
    export.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="is no grade book of Canvas"):
        fill_book(CANVAS, hw2, GRADED, export, export)


def test_moodles_worksheet_keeps_its_separator_and_mark_and_finds_people_by_address(
    hw2: Assignment, tmp_path: Path
) -> None:
    sheet = tmp_path / "grades.csv"
    text = (
        "Identifier;Full name;Email address;Status;Grade;Maximum grade\n"
        "Participant 1;Ada Lovelace;ADA1@uni.edu;Submitted;-;20\n"
        "Participant 2;Eve;eve5@uni.edu;No submission;;20\n"
    )
    sheet.write_text(text, encoding="utf-8-sig")
    filled = fill_book(MOODLE, hw2, GRADED, sheet, tmp_path / "out.csv")
    assert (filled.column, filled.filled) == ("Grade", 2)
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row[4] for row in rows(tmp_path / "out.csv", ";")] == ["Grade", "17.5", "0"]


@pytest.mark.parametrize(
    ("book", "first"), [(CANVAS, ["Ada Lovelace", "7001", "", "ada1", "", "17.5"]), (MOODLE, ["ada1@uni.edu", "17.5"])]
)
def test_a_new_grade_book_opens_in_a_spreadsheet_and_holds_no_formula(
    book: Book, first: list[str], hw2: Assignment, tmp_path: Path
) -> None:
    make_book(book, hw2, GRADED, tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    table = rows(tmp_path / "new.csv")
    assert table[0] == [*book.columns, hw2.title]
    assert first in table
    assert not [cell for row in table for cell in row if cell.strip().startswith(("=", "+", "@"))]
    if book.points_row:
        assert table[1] == ["    Points Possible", "", "", "", "", "20"]
    # It can be filled in again, as the system's own export.
    assert fill_book(book, hw2, GRADED, tmp_path / "new.csv", tmp_path / "again.csv", hw2.title).filled == 2
    assert rows(tmp_path / "again.csv") == table


CHECKS = (
    CheckResult("a", "check_a", "The loss is right.", "passed", 1.0),
    CheckResult("b", "check_b", "The step is right.", "failed", 2.0, "m", "It \x1b[31mdoes not.", "Try.", earned=0.5),
    CheckResult("c", "check_c", "It trains.", "cannot_judge", 1.0, rationale="A person looks."),
)
RESULT = TeamResult(
    "team-1",
    Verdict("hw2", CHECKS),
    Score(1.0, 20, ("answer",), 3.0, {"check_a": 1.0, "check_b": 1.0, "check_c": None, "answer": None, "other": 2.0}),
    ("A remark.",),
)


def test_gradescope_reads_a_score_and_a_test_for_each_check_and_each_marked_answer() -> None:
    data = json.loads(json.dumps(gradescope(RESULT)))
    assert data["score"] == 1.0
    assert [(t["name"], t["score"], t.get("max_score"), t.get("status")) for t in data["tests"]] == [
        ("The loss is right.", 1.0, 1.0, "passed"),
        ("The step is right.", 1.0, 2.0, "failed"),
        ("It trains.", 0.0, 1.0, "failed"),
        ("other", 2.0, None, None),
    ]
    assert "\x1b" not in data["tests"][1]["output"] and "Try." in data["tests"][1]["output"]
    assert data["output"] == "A remark.\nNot marked yet: answer.\nPenalties: 3 points."
    low = replace(RESULT, score=replace(RESULT.score, points=-2.0))
    assert gradescope(low)["score"] == 0


def test_github_classroom_adds_up_the_points_of_the_checks() -> None:
    data = json.loads(base64.b64decode(classroom(RESULT)))
    assert (data["version"], data["status"], data["max_score"]) == (3, "fail", 4.0)
    assert sum(test["score"] for test in data["tests"]) == RESULT.verdict.points == 2.0
    assert {test["status"] for test in data["tests"]} == {"pass", "fail"}
