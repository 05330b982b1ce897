"""The grade books of Canvas and Moodle: the instructor's own exported file with one column filled in, or a new one.

A file that these systems have exported comes back as it was but for that column, since they find people and
assignments by cells that only they know. Formats: Canvas, "How do I import grades in the Gradebook?"; Moodle, "Grade
import" and "Offline grading worksheet".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.config import Assignment
from autograder.errors import UsageError
from autograder.exports.grades import PersonGrade
from autograder.lookup import Lookup, Person
from autograder.spreadsheet import guard, write_rows
from autograder.tables import Sheet, read_sheet

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)%?")
_PLACEHOLDER = re.compile(r"-*")  # such as the "-" of an empty grade


@dataclass(frozen=True)
class Book:
    """How one system writes its grade book.

    Attributes:
        name: of the system.
        columns: of a new file, before the assignment's; `fields` says what stands in them.
        fields: for each of these columns, the names of the roster's columns to take the first of, that is not empty.
        people: the columns by which people are found, the surest first.
        column: of the grades, if the system gives it a name of its own.
        points_row: whether a row with the points possible stands before the people.
        nobody: how the first cell of a row begins that is no person.
    """

    name: str
    columns: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    people: tuple[str, ...]
    column: str | None = None
    points_row: bool = False
    nobody: tuple[str, ...] = ()


CANVAS = Book(
    "Canvas",
    ("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
    {
        "Student": ("name",),
        "ID": ("id of the system",),
        "SIS User ID": ("sis user id",),
        "SIS Login ID": ("sis login id", "id"),
        "Section": ("section",),
    },
    ("SIS Login ID", "SIS User ID", "ID", "Student"),
    points_row=True,
    nobody=("points possible", "student, test", "test student"),
)
MOODLE = Book(
    "Moodle",
    ("Email address",),
    {"Email address": ("email",)},
    ("Email address", "Username", "ID number", "Full name"),
    column="Grade",
)


@dataclass(frozen=True)
class Filled:
    """What a grade book holds now.

    Attributes:
        column: the filled one.
        filled: how many people have a score in it.
        unknown: rows of the file that are nobody of this course, by their first cell.
        absent: ids of people with a score who are not in the file.
    """

    column: str
    filled: int
    unknown: tuple[str, ...]
    absent: tuple[str, ...]


def fill_book(
    book: Book,
    assignment: Assignment,
    graded: Sequence[PersonGrade],
    exported: Path,
    to: Path,
    column: str | None = None,
) -> Filled:
    """Write `exported` to `to` with the scores in the assignment's column; a missing column is added at the end.

    Args:
        book: the system that has exported the file.
        assignment: what was graded.
        graded: the scores; those that are None leave their cells as they are.
        exported: the instructor's file.
        to: where to write, all of it or nothing; may be the same file.
        column: name of the column; by default the one with the assignment's name or title in it.

    Raises:
        UsageError: the file cannot be read, is no grade book of this system, or more than one column fits.
    """
    sheet = read_sheet(exported)
    places = {name.strip().casefold(): index for index, name in reversed(list(enumerate(sheet.header)))}
    known = [places[name.casefold()] for name in book.people if name.casefold() in places]
    if not known:
        raise UsageError(
            f"{exported} is no grade book of {book.name}: it has none of the columns {', '.join(book.people)}."
        )
    index = _find_column(sheet.header, assignment, column or book.column, exported)
    header = sheet.header if index < len(sheet.header) else (*sheet.header, column or assignment.title)
    lookup = Lookup(one.person for one in graded)
    scores = {one.person.id: one for one in graded}
    rows: list[list[str]] = []
    unknown: list[str] = []
    met: set[str] = set()
    filled = 0
    for cells in sheet.rows:
        row = [*cells, *[""] * (len(header) - len(cells))]
        rows.append(row)
        first = row[0].strip()
        if not any(row[place].strip() for place in known) or first.casefold().startswith(book.nobody):
            if book.points_row and first.casefold().startswith("points possible") and not row[index].strip():
                row[index] = _points(max((one.max_score or 0 for one in graded), default=0))
            continue
        person = _who(lookup, [row[place] for place in known])
        if person is None:
            unknown.append(first)
            continue
        met.add(person.id)
        if (score := scores[person.id].score) is not None:
            row[index] = _points(score)
            filled += 1
    _write(to, Sheet(header, tuple(map(tuple, rows)), sheet.separator, sheet.mark))
    absent = sorted(one.person.id for one in graded if one.score is not None and one.person.id not in met)
    return Filled(header[index], filled, tuple(unknown), tuple(absent))


def make_book(book: Book, assignment: Assignment, graded: Sequence[PersonGrade], to: Path) -> Filled:
    """Write a grade book with the one column of the assignment to `to`, all of it or nothing."""
    header = (*book.columns, assignment.title)
    rows = [tuple(_field(one.person, book.fields[name]) for name in book.columns) for one in graded]
    lines = [(*row, "" if one.score is None else _points(one.score)) for row, one in zip(rows, graded, strict=True)]
    if book.points_row:
        most = max((one.max_score or 0 for one in graded), default=0)
        lines.insert(0, ("    Points Possible", *[""] * (len(book.columns) - 1), _points(most)))
    _write(to, Sheet(header, tuple(lines), ",", mark=True))
    return Filled(assignment.title, sum(one.score is not None for one in graded), (), ())


def _find_column(header: Sequence[str], assignment: Assignment, wanted: str | None, exported: Path) -> int:
    """The index of the column to fill, which may be one after the last."""
    if wanted is not None:
        found = [i for i, name in enumerate(header) if name.strip().casefold() == wanted.strip().casefold()]
    else:  # Canvas writes "Homework 2 (123456)"
        names = {assignment.name.casefold(), assignment.title.casefold()}
        found = [i for i, name in enumerate(header) if re.sub(r"\s*\(\d+\)$", "", name.strip()).casefold() in names]
    if len(found) > 1:
        several = ", ".join(header[i] for i in found)
        raise UsageError(
            f"{exported}: more than one column may be {assignment.name}'s ({several}); name one: --column."
        )
    return found[0] if found else len(header)


def _who(lookup: Lookup, written: Iterable[str]) -> Person | None:
    """The one person whom the cells name: the first that names exactly one."""
    for text in written:
        found = lookup.find(text) if text.strip() else ()
        if len(found) == 1:
            return found[0]
    return None


def _field(person: Person, names: Sequence[str]) -> str:
    own = {"name": person.name, "id": person.id, "email": person.email, "id of the system": person.lms.get("id", "")}
    return next((value for name in names if (value := person.lms.get(name) or own.get(name, ""))), "")


def _points(score: float) -> str:
    return f"{score:.10g}"


def _write(to: Path, sheet: Sheet) -> None:
    rows = [[_kept(cell) for cell in row] for row in (sheet.header, *sheet.rows)]
    write_rows(to, rows, sheet.separator, sheet.mark)


def _kept(cell: str) -> str:
    """The cell as it was, but for text that a spreadsheet would compute."""
    plain = cell.strip()
    return cell if _NUMBER.fullmatch(plain) or _PLACEHOLDER.fullmatch(plain) else guard(cell)
