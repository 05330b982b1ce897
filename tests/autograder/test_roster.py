from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.config import Course, load_course
from autograder.errors import UsageError
from autograder.lookup import Person
from autograder.roster import load_extensions, load_roster

TOML = """\
name = "C"
time_zone = "America/Chicago"
roster = "roster.csv"
extensions = "extensions.csv"
[assignments.hw2]
title = "H"
notebook = "hw2.ipynb"
"""
ROSTER = '\ufeffID, Name, Email, canvas_id\r\nAda1,"Lovelace, Ada",Ada@uni.edu,77\r\n\r\nbob2,Bob,,\r\n'
EXTENSIONS = "id,assignment,until,reason\nada1,hw2,2023-02-26 23:59,ill\nADA1,hw2,2023-02-25 23:59,\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    for name, text in {"course.toml": TOML, "roster.csv": ROSTER, "extensions.csv": EXTENSIONS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return load_course(tmp_path)


def roster_of(course: Course) -> Path:
    assert course.roster is not None
    return course.roster


def read(course: Course) -> dict[str, Person]:
    people = load_roster(course)
    assert people is not None
    return people


def test_a_roster_as_spreadsheets_write_it_is_read(course: Course) -> None:
    people = read(course)
    assert list(people) == ["ada1", "bob2"]
    assert (people["ada1"].name, people["ada1"].email) == ("Lovelace, Ada", "ada@uni.edu")
    assert people["ada1"].lms == {"canvas_id": "77"}


@pytest.mark.parametrize("separator", [";", "\t"])
def test_semicolons_and_tabulators_separate_as_commas_do(course: Course, separator: str) -> None:
    text = f'\ufeffid{separator}name{separator}email\r\nada1{separator}"Lovelace, Ada"{separator}ada@uni.edu\r\n'
    roster_of(course).write_text(text, encoding="utf-8", newline="")
    (ada,) = read(course).values()
    assert (ada.id, ada.name, ada.email) == ("ada1", "Lovelace, Ada", "ada@uni.edu")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,name,email\nada1,Zoë,z@uni.edu\n".encode("latin-1"), "save it as “CSV UTF-8”"),
        (b"id,name,email\nada1," + b"x" * 200_000 + b",z@uni.edu\n", "line 2: this is no CSV"),
    ],
    ids=["another encoding", "an endless field"],
)
def test_what_is_no_table_is_told(course: Course, content: bytes, said: str) -> None:
    roster_of(course).write_bytes(content)
    with pytest.raises(UsageError, match=said):
        load_roster(course)


def test_the_latest_extension_of_a_person_counts(course: Course) -> None:
    until = datetime(2023, 2, 27, 5, 59, 59, 999999, tzinfo=UTC)
    assert load_extensions(course, "hw2") == {"ada1": until}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("roster.csv", "id,name\na,b\n", "line 1: the column 'email' is missing"),
        ("roster.csv", "id,name,email\na,b,c\nA,b,c\n", "line 3: the id a is there twice"),
        ("roster.csv", "id,name,email\na,b,c@d\ne,f,C@d\n", "line 3: the e-mail address c@d is also that of a"),
        ("roster.csv", "id,name,email\n,b,c\n", "line 2: the id is missing"),
        ("roster.csv", "id,name,email\na,b,c,d\n", "line 2: there are more fields than columns"),
        ("extensions.csv", "id,assignment,until\nada1,hw3,2023-02-26 23:59\n", "line 2: there is no assignment 'hw3'"),
        ("extensions.csv", "id,assignment,until\neve9,hw2,2023-02-26 23:59\n", "line 2: the id 'eve9' is not on"),
        ("extensions.csv", "id,assignment,until\nada1,hw2,tomorrow\n", "line 2: `until` is 'tomorrow', but must"),
    ],
    ids=[
        "no column",
        "twice",
        "one address of two",
        "no id",
        "too many fields",
        "no assignment",
        "not on the roster",
        "no moment",
    ],
)
def test_each_mistake_is_one_sentence_with_file_and_line(course: Course, file: str, text: str, said: str) -> None:
    (course.root / file).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        load_extensions(course, "hw2")


def test_a_missing_roster_is_told(course: Course) -> None:
    (course.root / "roster.csv").unlink()
    with pytest.raises(UsageError, match=r"There is no .*roster\.csv"):
        load_roster(course)


def test_the_roster_that_github_classroom_exports_is_read(course: Course) -> None:
    text = '"identifier","github_username","github_id","name"\n"ADA1","ada-l","12","Ada Lovelace"\n"bob2","","",""\n'
    roster_of(course).write_text(text, encoding="utf-8")
    people = read(course)
    assert list(people) == ["ada1", "bob2"]
    assert (people["ada1"].name, people["ada1"].email) == ("Ada Lovelace", "")
    assert people["ada1"].lms == {"github_username": "ada-l", "github_id": "12"}


EXPORTS = {
    "Canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 2 (991)\n,,,,,Manual Posting\n"
        '"    Points Possible",,,,,20\n"Lovelace, Ada",77,900,Ada1,One,\n"Student, Test",5,,0a1b2c,One,\n',
        ("ada1", "Ada Lovelace", "", "77"),
    ),
    "Canvas with addresses": (
        'Student,ID,SIS Login ID,Section\n"Lovelace, Ada",77,Ada@uni.edu,One\n',
        ("ada@uni.edu", "Ada Lovelace", "ada@uni.edu", "77"),
    ),
    "Canvas without logins": ('Student,ID,Section\n"Lovelace, Ada",77,One\n', ("77", "Ada Lovelace", "", "77")),
    "Moodle": (
        "First name,Surname,ID number,Email address,Course total\nAda,Lovelace,ada1,ada@uni.edu,-\n",
        ("ada1", "Ada Lovelace", "ada@uni.edu", None),
    ),
    "Brightspace": (
        "OrgDefinedId,Username,Last Name,First Name,Email\n#900,#ada1,Lovelace,Ada,ada@uni.edu\n",
        ("ada1", "Ada Lovelace", "ada@uni.edu", None),
    ),
    "Blackboard": (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\n"Lovelace"\t"Ada"\t"ada1"\t"900"\n',
        ("ada1", "Ada Lovelace", "", None),
    ),
    "Gradescope": (
        "First Name,Last Name,SID,Email,Role\nAda,Lovelace,ada1,ada@uni.edu,Student\n",
        ("ada1", "Ada Lovelace", "ada@uni.edu", None),
    ),
    "a name with a line break": (
        'id,name,email\nada1,"Ada\nLovelace",mailto:ADA@uni.edu \n',
        ("ada1", "Ada Lovelace", "ada@uni.edu", None),
    ),
    "sep= of Excel": ("sep=;\r\nid;name;email\r\nada1;Ada Lovelace;\r\n", ("ada1", "Ada Lovelace", "", None)),
}


@pytest.mark.parametrize(("text", "person"), EXPORTS.values(), ids=EXPORTS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_rosters_that_systems_export_are_read(
    course: Course, text: str, person: tuple[str, str, str, str | None], encoding: str
) -> None:
    roster_of(course).write_bytes(text.encode(encoding))
    (found,) = read(course).values()
    assert (found.id, found.name, found.email) == person[:3]
    assert person[3] is None or found.lms["id"] == person[3]


def test_an_extension_may_name_a_person_by_address(course: Course) -> None:
    (course.root / "extensions.csv").write_text("id,assignment,until\nAda@uni.edu,hw2,2023-02-26 23:59\n")
    assert list(load_extensions(course, "hw2")) == ["ada1"]
