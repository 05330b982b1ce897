"""Writes grades for another system and says what is in the file, and what is not.

Stands at report in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from autograder.config import Course
from autograder.exports import ExportFormat
from autograder.exports.books import CANVAS, MOODLE, fill_book, make_book
from autograder.exports.grades import read_grades, without_score
from autograder.exports.team_results import read_results, write_classroom, write_gradescope
from autograder.gradebook import export_csv
from autograder.people import Status, export_people
from autograder.shown.visible import in_terminal

BOOKS = {ExportFormat.canvas: CANVAS, ExportFormat.moodle: MOODLE}
OF_TEAMS = {ExportFormat.gradescope: write_gradescope, ExportFormat.github: write_classroom}
MOST_NAMED = 8  # people in one line


def export_and_show(
    course: Course,
    assignment: str,
    format: ExportFormat,
    console: Console,
    to: Path | None = None,
    fill: Path | None = None,
    column: str | None = None,
    waiting: bool = False,
) -> bool:
    """Write the file or folder and print a summary; whether everybody's grade is there and has its place.

    Who still waits for a person's marks is left out and named, or, with `waiting`, has the points so far.

    Raises:
        UsageError: the gradebook or the file to fill cannot be used.
    """
    if format is ExportFormat.nbgrader:
        return _export_tables(course, assignment, console, to or course.root / "exports" / f"{assignment}.csv", waiting)
    place = to or course.root / "exports" / f"{assignment}-{format}{'.csv' if format in BOOKS else ''}"
    if format in OF_TEAMS:
        return _export_teams(course, assignment, format, console, place, waiting)
    graded = read_grades(course, assignment, waiting)
    settings = course.assignment(assignment)
    if fill is None:
        filled = make_book(BOOKS[format], settings, graded, place)
    else:
        filled = fill_book(BOOKS[format], settings, graded, fill, place, column)
    console.print(f"{place}: {filled.filled} scores in the column “{in_terminal(filled.column)}”.", soft_wrap=True)
    open_ = without_score(graded)
    undecided = [f"{one.person.id} ({one.status})" for one in open_ if one.status is not Status.WAITING]
    _name(console, "Still to be decided", undecided)
    _name_waiting(console, assignment, [one.person.id for one in open_ if one.status is Status.WAITING])
    _name(console, "In the file, but nobody of this course", filled.unknown)
    _name(console, "With a score, but not in the file", filled.absent)
    return not (open_ or filled.unknown or filled.absent)


def _export_tables(course: Course, assignment: str, console: Console, path: Path, waiting: bool) -> bool:
    """nbgrader's own table, which has the points so far, and that of the people."""
    people = path.with_name(f"{path.stem}-people.csv")
    export_csv(course, assignment, path)
    statuses = export_people(course, assignment, people, waiting)
    console.print(f"{path}\n{people}", soft_wrap=True, highlight=False)
    open_ = [status for status in statuses if status.is_open and not (waiting and status is Status.WAITING)]
    if open_:
        console.print(
            f"No score yet in {people.name} for {len(open_)} of {len(statuses)}; its column “status” says why. "
            f"Where marks are missing (`autograder mark {assignment}`), --waiting writes the points so far, "
            f"which {path.name} always has.",
            soft_wrap=True,
        )
    return not open_


def _export_teams(
    course: Course, assignment: str, format: ExportFormat, console: Console, folder: Path, waiting: bool
) -> bool:
    results = tuple(read_results(course, assignment))
    settled = [result for result in results if waiting or not result.score.waiting]
    teams = set(course.handed_in(assignment))
    OF_TEAMS[format](settled, teams - {result.team for result in settled}, folder)
    console.print(f"{folder}: {len(settled)} files of results, one for each team.", soft_wrap=True)
    missing = sorted(teams - {result.team for result in results})
    _name(console, f"Without one, until `autograder grade {assignment}` is run (again)", missing)
    _name_waiting(console, assignment, [result.team for result in results if result not in settled])
    return not missing and len(settled) == len(results)


def _name_waiting(console: Console, assignment: str, names: Sequence[str]) -> None:
    many = f"{len(names)} left out, waiting for a person's marks (`autograder mark {assignment}`, or add --waiting)"
    _name(console, many, names)


def _name(console: Console, what: str, names: Sequence[str]) -> None:
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        console.print(f"{what}: {', '.join(map(in_terminal, names[:MOST_NAMED]))}{more}.", soft_wrap=True)
