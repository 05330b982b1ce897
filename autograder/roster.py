"""Reads the two tables about people that an instructor keeps: the roster and the extensions.

Used from submission to report in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. Both are CSV files with a header; each mistake is one sentence that names the file and the line.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.config import Course
from autograder.deadlines import parse_moment
from autograder.errors import UsageError

_SEPARATORS = ",;\t"
_CLASSROOM = {"identifier": "id"}  # GitHub Classroom's name of a column, and ours


@dataclass(frozen=True)
class Person:
    """One student of the course.

    Attributes:
        id: the id that stands in the file `netid`, in small letters.
        name: as it is written on the roster.
        email: in small letters; may be empty.
        lms: the other columns of the roster, such as the ids of a learning management system.
    """

    id: str
    name: str
    email: str
    lms: Mapping[str, str]


def load_roster(course: Course) -> dict[str, Person] | None:
    """The people of the course by id, or None where `course.toml` names no roster.

    The roster may also be the one that GitHub Classroom exports, where the id is the `identifier`.

    Raises:
        UsageError: the file is missing or something in it is wrong.
    """
    if course.roster is None:
        return None
    people: dict[str, Person] = {}
    owners: dict[str, str] = {}  # of e-mail addresses, since `netid` may hold one
    for line, row in read_table(course.roster, required=("name",)):
        row = {_CLASSROOM.get(name, name): value for name, value in row.items()}
        if lacking := [name for name in ("id", "email") if name not in row and "github_username" not in row]:
            raise UsageError(f"{course.roster}, line 1: the column {lacking[0]!r} is missing.")
        person = Person(row.pop("id", "").lower(), row.pop("name"), row.pop("email", "").lower(), row)
        if not person.id:
            raise UsageError(f"{course.roster}, line {line}: the id is missing.")
        if person.id in people:
            raise UsageError(f"{course.roster}, line {line}: the id {person.id} is there twice.")
        if person.email and (owner := owners.setdefault(person.email, person.id)) != person.id:
            raise UsageError(
                f"{course.roster}, line {line}: the e-mail address {person.email} is also that of {owner}."
            )
        people[person.id] = person
    return people


def load_extensions(course: Course, assignment: str) -> dict[str, datetime]:
    """The extended deadlines of one assignment by id; where a person has several, the latest.

    Raises:
        UsageError: the file is missing, or something in it is wrong.
    """
    if course.extensions is None:
        return {}
    known = load_roster(course)
    extensions: dict[str, datetime] = {}
    for line, row in read_table(course.extensions, required=("id", "assignment", "until")):
        person, place = row["id"].lower(), f"{course.extensions}, line {line}"
        if row["assignment"] not in course.assignments:
            raise UsageError(f"{place}: there is no assignment {row['assignment']!r} in course.toml.")
        if known is not None and person not in known:
            raise UsageError(f"{place}: the id {row['id']!r} is not on the roster.")
        try:
            until = parse_moment(row["until"], course.time_zone)
        except ValueError as error:
            raise UsageError(f"{place}: `until` {error}.") from None
        if row["assignment"] == assignment:
            extensions[person] = max(until, extensions.get(person, until))
    return extensions


def read_table(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with a header, each with its line number; blank lines are left out.

    Fields are separated by commas or, as spreadsheets do in many countries, by semicolons or tabulators.

    Raises:
        UsageError: the file cannot be read, a required column is missing, or a row has too many fields.
    """
    header, rows = _read(path)
    for name in required:
        if name not in header:
            raise UsageError(f"{path}, line 1: the column {name!r} is missing (there are: {', '.join(header)}).")
    for line, row in rows:
        if None in row:
            raise UsageError(f"{path}, line {line}: there are more fields than columns.")
        cells = {name: (value or "").strip() for name, value in row.items()}
        if any(cells.values()):
            yield line, cells


def read_header(path: Path) -> frozenset[str]:
    """The names of the columns of a CSV file, in small letters.

    Raises:
        UsageError: the file cannot be read.
    """
    return frozenset(_read(path)[0])


def _read(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The names of the columns, and the rows with their line numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"There is no {path}, which course.toml or the command names.") from None
    except UnicodeDecodeError:
        raise UsageError(
            f"{path} is no text in UTF-8: in a spreadsheet, save it as “CSV UTF-8”, with commas or semicolons."
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    lines = text.splitlines()
    separator = max(_SEPARATORS, key=(lines[0] if lines else "").count)
    reader = csv.DictReader(lines, skipinitialspace=True, delimiter=separator)
    try:
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        return header, [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num + 1}: this is no CSV ({error}).") from None
