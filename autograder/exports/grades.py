"""The grade of each person of the course, as the exports to other systems need it."""

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.config import Course
from autograder.lookup import Person
from autograder.people import Status, grade_people
from autograder.roster import load_roster


@dataclass(frozen=True)
class PersonGrade:
    """One person's grade.

    Attributes:
        person: as the roster has them, or with an id alone.
        score: points less penalties; None where nothing is graded, or a person must decide first.
        max_score: of the assignment; None where nothing is graded.
        status: how far it is.
    """

    person: Person
    score: float | None
    max_score: float | None
    status: Status


def read_grades(course: Course, assignment: str) -> tuple[PersonGrade, ...]:
    """Everybody of the roster and of the teams, by id.

    Raises:
        UsageError: the gradebook does not know the assignment, or the roster or the table of teams is damaged.
    """
    roster = load_roster(course) or {}
    found = []
    for row in grade_people(course, assignment):
        who = str(row["id"])
        if who:  # a team whose members are unknown has no line in anybody's grade book
            person = roster.get(who) or Person(who, str(row.get("name") or ""), str(row.get("email") or ""), {})
            status = Status(str(row["status"]))
            found.append(PersonGrade(person, _number(row.get("score")), _number(row.get("max_score")), status))
    return tuple(found)


def without_score(graded: Iterable[PersonGrade]) -> tuple[PersonGrade, ...]:
    """Those who must be looked at before their grade is anybody's: something was handed in, and no score is settled."""
    return tuple(one for one in graded if one.status not in (Status.GRADED, Status.NOTHING))


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None
