from pathlib import Path

import pytest

from autograder.config import load_course
from autograder.errors import UsageError

REPOSITORY = Path(__file__).parents[2]
GOOD = """\
# A course with one assignment.

name = "Deep Learning"
time_zone = "America/Chicago"
# roster = "roster.csv"
# extensions = "extensions.csv"

[assignments.hw2]
title = "Homework 2: an autoencoder and a GAN in one"
due = "2023-02-24 23:59"
notebook = "hw2.ipynb"
required = { netid = 1, "hw2.ipynb" = 0, "hw2.pdf" = 1 }
group_size = 2
late = "none"

# What one submission may use.
[limits]
cell_seconds = 120
notebook_seconds = 300
cpu_seconds = 300
address_space = "8 GiB"
resident_memory = "2 GiB"
processes = 128
file_size = "128 MiB"
"""

SECOND = """\
[assignments.{name}]
title = "Another one"
notebook = "{notebook}"

# What one"""


def course_in(folder: Path, text: str) -> Path:
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_courses_own_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "course_utils").mkdir()
    course = load_course(course_in(tmp_path, (REPOSITORY / "course.toml").read_text(encoding="utf-8")))
    assert course.assignment("hw2").notebook == "hw2.ipynb"
    assert course.limits.resident_memory == 2 * 2**30
    assert course.limits.cell_seconds == 120.0
    assert course.root == tmp_path


def test_the_secret_is_made_once_and_only_when_asked_for(tmp_path: Path) -> None:
    course = load_course(course_in(tmp_path, GOOD))
    assert not course.state.exists()
    secret = course.secret
    assert len(secret) == 64
    assert secret == load_course(tmp_path).secret
    assert (course.state / "secret").stat().st_mode & 0o077 == 0
    assert [path.name for path in course.state.iterdir()] == ["secret"]


def test_a_damaged_secret_is_told_and_not_replaced(tmp_path: Path) -> None:
    course = load_course(course_in(tmp_path, GOOD))
    course.state.mkdir()
    (course.state / "secret").write_text("short")
    with pytest.raises(UsageError, match="secret"):
        _ = course.secret
    assert (course.state / "secret").read_text() == "short"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('time_zone = "America/Chicago"', 'time_zone = "Chicago"', r"line 4: `time_zone` is 'Chicago'"),
        ('name = "Deep Learning"', "", r"`name` is missing"),
        ('due = "2023-02-24 23:59"', 'due = "24.2.2023"', r"line 10: `assignments.hw2.due` is '24.2.2023'"),
        ('notebook = "hw2.ipynb"', 'notebook = "../hw2.ipynb"', r"line 11: `assignments.hw2.notebook`"),
        (
            'notebook = "hw2.ipynb"',
            'notebok = "hw2.ipynb"',
            r"line 11: `assignments.hw2.notebok` is not known",
        ),
        ("cell_seconds = 120", "cell_seconds = -1", r"line 18: `limits.cell_seconds` is -1"),
        ('file_size = "128 MiB"', 'file_size = "1 megabyte"', r"line 24: `limits.file_size` is '1 megabyte'"),
        ("processes = 128", "processes = 6.5", r"`limits.processes` is 6.5, but must be a whole number"),
        ("processes = 128", "processes = true", r"`limits.processes` is True"),
        ('due = "2023-02-24 23:59"', 'due = "2023-03-12 02:30"', r"line 10: .*does not exist in America/Chicago"),
        ("group_size = 2", "group_size = 0", r"line 13: `assignments.hw2.group_size` is 0"),
        ('late = "none"', 'late = "some"', r"line 14: `assignments.hw2.late` is 'some'"),
        ('late = "none"', "late = { table = [[2, 1], [1, 2]] }", r"rising days and points"),
        ('late = "none"', "late = { points_per_day = nan, days = 2 }", r"`assignments.hw2.late`"),
        ("netid = 1", "netid = -1", r"line 12: `assignments.hw2.required` gives -1 for netid"),
        ('"hw2.ipynb" = 0, ', "", r"line 12: .*does not name the notebook"),
        ("[limits]", "[limit]", r"line 17: `limit` is not known"),
        ("[limits]", "[limits", r"not valid TOML.*line 17"),
        ("[assignments.hw2]", "[assignments.'../hw2']", r"`assignments.../hw2` is no name for a folder"),
        ("# What one", '[assignments.hw2]\ntitle = "Again"\n# What one', r"not valid TOML.*hw2.*line 16"),
        (
            "# What one",
            SECOND.format(name="HW2", notebook="b.ipynb"),
            r"line 16: `assignments.HW2` and `assignments.hw2`",
        ),
        (
            "# What one",
            SECOND.format(name="b", notebook="hw2.ipynb"),
            r"line 18: `assignments.b.notebook` is 'hw2.ipynb'",
        ),
    ],
)
def test_each_mistake_is_one_sentence_with_key_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError, match=said) as error:
        load_course(course_in(tmp_path, GOOD.replace(old, new, 1)))
    assert "\n" not in str(error.value)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load_course(course_in(tmp_path, "\ufeff" + GOOD)).assignment("hw2").notebook == "hw2.ipynb"


def test_a_course_may_have_no_assignment_yet(tmp_path: Path) -> None:
    head, _ = GOOD.split("[assignments.hw2]")
    assert load_course(course_in(tmp_path, head)).assignments == {}


def test_checks_in_a_folder_and_in_a_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "checks" / "hw2").mkdir(parents=True)
    (tmp_path / "checks" / "hw2.py").touch()
    with pytest.raises(UsageError, match=r"line 8: `assignments.hw2` has checks in .*keep one of them"):
        load_course(course_in(tmp_path, GOOD))


def test_files_that_students_fill_in_are_those_to_hand_in_that_the_source_has(tmp_path: Path) -> None:
    course = load_course(course_in(tmp_path, GOOD))
    folder = course.assignment("hw2").source
    folder.mkdir(parents=True)
    for name in ("hw2.ipynb", "netid", "README.md"):
        (folder / name).touch()
    assert course.assignment("hw2").given == ("netid",)


def test_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text(GOOD, encoding="utf-16")
    with pytest.raises(UsageError, match="no text in UTF-8"):
        load_course(tmp_path)


def test_a_folder_without_a_course_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no course\.toml"):
        load_course(tmp_path)


def test_an_unknown_assignment_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no assignment 'hw9'.*hw2"):
        load_course(course_in(tmp_path, GOOD)).assignment("hw9")
