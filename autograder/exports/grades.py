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
        score: points less penalties; None where nothing is graded, or a person must decide or mark first.
        max_score: of the assignment; None where nothing is graded.
        status: how far it is.
    """

    person: Person
    score: float | None
    max_score: float | None
    status: Status


def read_grades(course: Course, assignment: str, waiting: bool = False) -> tuple[PersonGrade, ...]:
    """Everybody of the roster and of the teams, by id.

    Args:
        course: the course.
        assignment: name of the assignment.
        waiting: whether the points so far are the score of those who still wait for a person's marks.

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
            score = None if status is Status.WAITING and not waiting else _number_or_none(row.get("score"))
            found.append(PersonGrade(person, score, _number_or_none(row.get("max_score")), status))
    return tuple(found)


def without_score(graded: Iterable[PersonGrade]) -> tuple[PersonGrade, ...]:
    """Those of whom something was handed in, and who have no score yet."""
    return tuple(one for one in graded if one.status.is_open and one.score is None)


def _number_or_none(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None
