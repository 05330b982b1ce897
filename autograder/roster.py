"""Reads the two tables about people that an instructor keeps: the roster and the extensions.

Used from submission to report in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. The roster may be a table of the instructor's own, or what GitHub Classroom, Canvas, Moodle, Blackboard,
Brightspace or Gradescope export; `lookup.py` finds people in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from autograder.config import Course
from autograder.deadlines import parse_moment
from autograder.errors import UsageError
from autograder.lookup import Lookup, Person, clean_address
from autograder.tables import read_header, read_table


@dataclass(frozen=True)
class _Format:
    """How one system names its columns, in small letters.

    Attributes:
        marks: the columns by which it is known; one of these sets must be there whole.
        ids: the id is what stands in the first of these that is not empty.
        name: the parts of a name.
        email: where the e-mail address stands, or "".
        others: which other columns are kept; None for all (a grade book has a column for every assignment).
    """

    marks: tuple[frozenset[str], ...]
    ids: tuple[str, ...]
    name: tuple[str, ...] = ("name",)
    email: str = "email"
    others: tuple[str, ...] | None = None


_OWN = _Format((), ("id",))
_EXPORTS = (
    _Format((frozenset({"identifier", "github_username"}),), ("identifier",)),  # GitHub Classroom
    _Format(  # Canvas
        (frozenset({"student", "id", "section"}), frozenset({"student", "id", "sis login id"})),
        ("sis login id", "sis user id", "id"),
        ("student",),
        others=("id", "sis user id", "sis login id", "integration id", "section"),
    ),
    _Format(  # Brightspace
        (frozenset({"orgdefinedid", "last name"}), frozenset({"orgdefinedid", "username"})),
        ("username", "orgdefinedid"),
        ("first name", "last name"),
        others=("orgdefinedid", "username"),
    ),
    _Format(  # Moodle
        (frozenset({"first name", "email address"}),),
        ("username", "id number", "email address"),
        ("first name", "surname", "last name"),
        "email address",
        ("username", "id number"),
    ),
    _Format(  # Gradescope
        (frozenset({"sid", "email", "name"}), frozenset({"sid", "email", "first name"})),
        ("sid", "email"),
        ("name", "first name", "last name"),
        others=("sid", "role", "section", "sections"),
    ),
    _Format(  # Blackboard
        (frozenset({"username", "last name", "first name"}),),
        ("username", "student id"),
        ("first name", "last name"),
        others=("student id",),
    ),
)
_NOBODY = ("student, test", "test student", "points possible")  # lines of Canvas's grade book that are no people


def load_roster(course: Course) -> dict[str, Person] | None:
    """The people of the course by id, or None where `course.toml` names no roster.

    Raises:
        UsageError: the file is missing or something in it is wrong.
    """
    if course.roster is None:
        return None
    header = read_header(course.roster)
    format = next((one for one in _EXPORTS if any(marks <= header for marks in one.marks)), _OWN)
    if "id" in header and "name" in header:
        format = _OWN
    if format is _OWN and (lacking := [name for name in ("id", "name", "email") if name not in header]):
        there = ", ".join(sorted(header))
        raise UsageError(f"{course.roster}, line 1: the column {lacking[0]!r} is missing (there are: {there}).")
    people: dict[str, Person] = {}
    owners: dict[str, str] = {}  # of e-mail addresses, since `netid` may hold one
    for line, row in read_table(course.roster):
        person = _person(row, format)
        if format is not _OWN and (person.name.casefold() in _NOBODY or not (person.name or person.id)):
            continue
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
    lookup = Lookup(known.values()) if known is not None else None
    extensions: dict[str, datetime] = {}
    for line, row in read_table(course.extensions, required=("id", "assignment", "until")):
        person, place = row["id"].lower(), f"{course.extensions}, line {line}"
        if row["assignment"] not in course.assignments:
            raise UsageError(f"{place}: there is no assignment {row['assignment']!r} in course.toml.")
        if lookup is not None:
            found = lookup.find(row["id"])
            if len(found) != 1:
                problem = "may be several people of the roster" if found else "is not on the roster"
                raise UsageError(f"{place}: the id {row['id']!r} {problem}.")
            person = found[0].id
        try:
            until = parse_moment(row["until"], course.time_zone)
        except ValueError as error:
            raise UsageError(f"{place}: `until` {error}.") from None
        if row["assignment"] == assignment:
            extensions[person] = max(until, extensions.get(person, until))
    return extensions


def _person(row: Mapping[str, str], format: _Format) -> Person:
    ids = [row.get(column, "").lstrip("#") for column in format.ids]  # Brightspace writes "#jr4512"
    id = next((clean_address(value) for value in ids if value), "")
    name = " ".join(part for column in format.name if (part := row.get(column, "")))
    if format.name == ("student",) and name.count(",") == 1:  # Canvas: "Roe, Jane"
        last, _, first = name.partition(",")
        name = f"{first.strip()} {last.strip()}"
    email = clean_address(row.get(format.email, ""))
    if not email and "@" in id:
        email = id
    used = {*format.ids, *format.name, format.email} if format.others is None else set()
    others = {column: value for column, value in row.items() if column not in used}
    if format.others is not None:
        others = {column: row[column].lstrip("#") for column in format.others if row.get(column)}
    return Person(id, name, email, others)
