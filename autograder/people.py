"""Grades out of teams: a CSV with one line a person and a column for every component of the grade.

Stands at report in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Nobody is
left out: neither who handed nothing in, nor a team whose members are unknown.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from autograder import gradebook
from autograder.config import Course
from autograder.penalties import penalties
from autograder.roster import load_roster
from autograder.spreadsheet import Cell, write_table
from autograder.teams import Team, load_teams

_FIRST = ("id", "name", "email", "assignment", "team", "members", "received", "late_hours", "status")
_LAST = ("points", "penalties", "penalty_points", "score", "max_score")


class Status(StrEnum):
    """How far the grade of a person, or of a team without known members, is."""

    GRADED = "graded"
    WAITING = "waiting for a person"
    NOT_GRADED = "not graded yet"
    NOTHING = "nothing handed in"
    UNKNOWN = "members unknown"
    UNREAD = "could not be read: decide"  # something arrived, and this is no "nothing handed in"
    IN_TWO = "in two teams: decide"
    TOO_MANY = "in too large a group: decide"

    @property
    def to_decide(self) -> bool:
        """Whether a person must say first what is to be graded, and for whom."""
        return self in (Status.UNKNOWN, Status.UNREAD, Status.IN_TWO, Status.TOO_MANY)

    @property
    def is_open(self) -> bool:
        """Whether something was handed in, and no score of it is settled."""
        return self not in (Status.GRADED, Status.NOTHING)


def export_people(course: Course, assignment: str, path: Path, waiting: bool = False) -> list[Status]:
    """Write the grade of each person to `path`, all of it or nothing, and return how far each is.

    A score stays empty where a person must decide or mark first. So does a component without any mark; the points are
    then what is given so far, and with `waiting` so is the score.

    Raises:
        UsageError: the gradebook does not know the assignment, or the roster or the table of teams is damaged.
    """
    rows = grade_people(course, assignment)
    if not waiting:
        rows = [row | {"score": None} if row["status"] == Status.WAITING else row for row in rows]
    known = {*_FIRST, *_LAST}
    cells = list(dict.fromkeys(name for row in rows for name in row if name not in known))
    write_table(path, [*_FIRST, *cells, *_LAST], rows)
    return [Status(str(row["status"])) for row in rows]


def grade_people(course: Course, assignment: str) -> list[dict[str, Cell]]:
    """The grade of each person, a row each, as `export_people` writes them.

    Raises:
        UsageError: the gradebook does not know the assignment, or the roster or the table of teams is damaged.
    """
    gradebook.check_gradebook(course, assignment)
    people = _people(course, assignment)
    return [{**row, **_grade(course, assignment, row["team"], row["status"])} for row in people]


def _people(course: Course, assignment: str) -> Iterator[dict[str, str]]:
    roster, teams = load_roster(course), load_teams(course, assignment).values()
    of: dict[str, list[Team]] = {}
    for team in teams:
        for member in team.members if team.replaced_by is None else ():
            of.setdefault(member, []).append(team)
    alone = {folder.parent.name for folder in (course.root / "submitted").glob(f"*/{assignment}")}
    alone -= {team.pseudonym for team in teams}
    most = course.assignment(assignment).group_size
    for who in sorted({*(roster or ()), *of, *alone}):
        person = roster.get(who) if roster else None
        row = {"id": who, "name": person.name if person else "", "email": person.email if person else ""}
        mine = of.get(who, [])
        if len(mine) == 1:
            held = Status.TOO_MANY if len(mine[0].members) > most else ""
            held = Status.UNREAD if mine[0].unread else held
            yield row | _team(assignment, mine[0]) | {"status": held}
        elif mine:
            where = " ".join(team.pseudonym for team in mine)
            yield row | {"assignment": assignment, "team": where, "status": Status.IN_TWO}
        else:
            status = "" if who in alone else Status.NOTHING
            yield row | {"assignment": assignment, "team": who if who in alone else "", "status": status}
    for team in teams:
        if not team.members and (team.commit or team.unread):
            status = Status.UNREAD if team.unread else Status.UNKNOWN
            yield {"id": "", "name": team.source, "email": ""} | _team(assignment, team) | {"status": status}


def _team(assignment: str, team: Team) -> dict[str, str]:
    return {
        "assignment": assignment,
        "team": team.pseudonym,
        "members": " ".join(team.members),
        "received": team.received.isoformat(timespec="seconds") if team.received else "",
        "late_hours": f"{team.late.total_seconds() / 3600:.2f}",
    }


def _grade(course: Course, assignment: str, student: str, status: str) -> dict[str, Cell]:
    """The columns of the grade of `student`, a folder in `submitted/`; without a score where it is held back."""
    if status not in ("", Status.UNKNOWN) or not student:
        return {}
    score = gradebook.read_score(course, assignment, student)
    if score is None:
        return {"status": status or Status.NOT_GRADED}
    lines = penalties(course.assignment(assignment), load_teams(course, assignment).get(student), score.max_points)
    return {
        **score.cells,
        "status": status or (Status.WAITING if score.waiting else Status.GRADED),
        "points": score.points + score.penalty,
        "penalties": "; ".join(f"{line.name}: -{line.points:g}" for line in lines),
        "penalty_points": score.penalty,
        "score": max(0.0, score.points),
        "max_score": score.max_points,
    }
