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
from autograder.exports.team_results import write_classroom, write_gradescope
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
) -> bool:
    """Write the file or folder and print a summary; whether everybody's grade is settled and has its place.

    Raises:
        UsageError: the gradebook or the file to fill cannot be used.
    """
    place = to or course.root / "exports" / f"{assignment}-{format}{'.csv' if format in BOOKS else ''}"
    if format in OF_TEAMS:
        written = OF_TEAMS[format](course, assignment, place)
        console.print(f"{place}: {len(written)} files of results, one for each team.", soft_wrap=True)
        missing = sorted(set(course.handed_in(assignment)) - {path.parent.name for path in written})
        _name(console, f"Without one, until `autograder grade {assignment}` is run (again)", missing)
        return not missing
    graded = read_grades(course, assignment)
    settings = course.assignment(assignment)
    if fill is None:
        filled = make_book(BOOKS[format], settings, graded, place)
    else:
        filled = fill_book(BOOKS[format], settings, graded, fill, place, column)
    console.print(f"{place}: {filled.filled} scores in the column “{in_terminal(filled.column)}”.", soft_wrap=True)
    undecided = [f"{one.person.id} ({one.status})" for one in without_score(graded)]
    _name(console, "Still to be decided", undecided)
    _name(console, "In the file, but nobody of this course", filled.unknown)
    _name(console, "With a score, but not in the file", filled.absent)
    return not (undecided or filled.unknown or filled.absent)


def _name(console: Console, what: str, names: Sequence[str]) -> None:
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        console.print(f"{what}: {', '.join(map(in_terminal, names[:MOST_NAMED]))}{more}.", soft_wrap=True)
