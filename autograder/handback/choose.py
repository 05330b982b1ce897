"""Who gets something back, and who does not yet, with the reason."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from autograder import gradebook
from autograder.config import Course
from autograder.lookup import Person
from autograder.people import Status, grade_people
from autograder.roster import load_roster
from autograder.spreadsheet import Cell
from autograder.teams import load_teams

MAX_PAGE = 32 * 2**20  # bytes; a page with all of its figures has less than one
GRADE_FILE = "grade.txt"


@dataclass(frozen=True)
class Feedback:
    """What one team gets.

    Attributes:
        team: its folder in `submitted/`.
        source: its name in the list of repositories; None where there is none.
        people: its members; empty where they are unknown.
        title: of the assignment.
        files: the feedback page and the grade, by name.
        summary: the grade as a text.
    """

    team: str
    source: str | None
    people: tuple[Person, ...]
    title: str
    files: dict[str, bytes]
    summary: str


@dataclass(frozen=True)
class Held:
    """A team that gets nothing yet, and why."""

    team: str
    reason: str


def choose(
    course: Course,
    assignment: str,
    teams: Collection[str] = (),
    stale: Mapping[str, str] = MappingProxyType({}),
    waiting: bool = False,
) -> tuple[list[Feedback], list[Held]]:
    """What there is to give back, and what is held.

    Args:
        course: the course.
        assignment: name of the assignment.
        teams: names of folders in `submitted/`; empty for all.
        stale: whose page is not of the work that is there now, and why; they get none, whatever is there.
        waiting: whether also those get their page who still wait for a person's mark.

    Raises:
        UsageError: the gradebook does not know the assignment, or the roster or the table of teams is damaged.
    """
    rows: dict[str, list[dict[str, Cell]]] = {}
    for row in grade_people(course, assignment):
        whole = str(row["team"])
        for team in whole.split() if row["status"] == Status.IN_TWO else [whole]:  # neither of them gets it yet
            if row["status"] != Status.NOTHING and (not teams or team in teams):
                rows.setdefault(team, []).append(row)
    chosen: list[Feedback] = []
    held: list[Held] = []
    for team, of_team in sorted(rows.items()):
        allowed = {Status.GRADED, Status.UNKNOWN, *([Status.WAITING] if waiting else [])}
        reasons = [status for row in of_team for status in _statuses(course, assignment, row) if status not in allowed]
        page = _page(course, assignment, team)
        if team in stale:
            held.append(Held(team, stale[team]))
        elif reasons:
            held.append(Held(team, reasons[0]))
        elif isinstance(page, str):
            held.append(Held(team, page))
        else:
            chosen.append(_feedback(course, assignment, team, of_team, page))
    held += [Held(team, "nobody of that name has anything to get back") for team in teams if team not in rows]
    return chosen, held


def _statuses(course: Course, assignment: str, row: dict[str, Cell]) -> tuple[str, ...]:
    """How far a grade is; that nobody knows whose it is does not say whether all of it is marked."""
    status = str(row["status"])
    if status != Status.UNKNOWN:
        return (status,)
    score = gradebook.read_score(course, assignment, str(row["team"]))
    return (status, Status.WAITING) if score is not None and score.waiting else (status,)


def _feedback(course: Course, assignment: str, team: str, rows: list[dict[str, Cell]], page: bytes) -> Feedback:
    roster, settings = load_roster(course) or {}, course.assignment(assignment)
    known = load_teams(course, assignment).get(team)
    ids = [str(row["id"]) for row in rows if row["id"]]
    unknown = {str(row["id"]): Person(str(row["id"]), str(row["name"]), str(row["email"]), {}) for row in rows}
    waiting = Status.WAITING in _statuses(course, assignment, rows[0])
    summary = "\n".join(_summary(settings.title, rows[0], waiting)) + "\n"
    return Feedback(
        team=team,
        source=known.source if known else None,
        people=tuple(roster.get(who) or unknown[who] for who in ids),
        title=settings.title,
        files={course.feedback_page(assignment, team).name: page, GRADE_FILE: summary.encode()},
        summary=summary,
    )


def _summary(title: str, row: dict[str, Cell], waiting: bool) -> Iterator[str]:
    score, most = row.get("score"), row.get("max_score")
    yield title
    yield ""
    yield f"Points: {score:g} of {most:g}"
    if row.get("penalties"):
        yield f"Taken off: {row['penalties']}"
    if waiting:
        yield "Some answers are not marked yet: these are the points given so far."


def _page(course: Course, assignment: str, team: str) -> bytes | str:
    """The feedback page of a team, or why there is none."""
    try:
        with course.feedback_page(assignment, team).open("rb") as file:
            page = file.read(MAX_PAGE + 1)
    except OSError:
        return "has no feedback page"
    return page if len(page) <= MAX_PAGE else f"has a feedback page of more than {MAX_PAGE // 2**20} MiB"
