"""Saves graded submissions in nbgrader's gradebook and reads points from it: the one writer of the grading.

Stands at verdict -> gradebook -> report in the flow course material -> submission -> trace -> verdict ->
gradebook -> report. Saving is nbgrader's own autograding, one student at a time: the preprocessors find the
stored result and run nothing again. nbgrader works on a copy of the submission that holds the notebook's name and
the required files only, so what arrived stays as it is, and no other name in it means anything to nbgrader.
"""

import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Grade, Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, SAWarning
from traitlets.config import Config

from autograder import intake
from autograder.config import STATE_FOLDER, Course
from autograder.converters import AutogradeByName
from autograder.errors import UsageError
from autograder.export import GradesExport
from autograder.grading import make_task
from autograder.handed_in import read_handed_in
from autograder.nbgrader_settings import nbgrader_settings
from autograder.penalties import Penalty, penalties
from autograder.preprocessors import PENALTIES_KEY, RESULT_KEY
from autograder.result_form import read_notebook
from autograder.storage import turn_to_save
from autograder.teams import load_teams

_STAGED = f"{STATE_FOLDER}/staged"


@dataclass(frozen=True)
class Score:
    """The points of one submission in the gradebook.

    Attributes:
        points: all that is given so far, by checks and by people, less the penalty; may be negative until all
            is marked.
        max_points: of the whole assignment.
        waiting: names of the cells that still wait for a person.
        penalty: points taken off for lateness and missing files.
        cells: points of each graded cell, or None where nobody has marked it yet.
    """

    points: float
    max_points: float
    waiting: tuple[str, ...]
    penalty: float
    cells: Mapping[str, float | None]


@dataclass(frozen=True)
class Saved:
    """What a notebook in `autograded/` shows: the name of the stored result, and the penalties."""

    key: str
    penalties: tuple[Penalty, ...]


def check_gradebook(course: Course, assignment: str) -> None:
    """Make sure that the gradebook knows the released notebook.

    Raises:
        UsageError: it does not, or knows another version of it.
    """
    release = nbformat.read(course.release_notebook(assignment), as_version=4)
    marks = [cell.metadata.get("nbgrader", {}) for cell in release.cells]
    released = {mark["grade_id"]: float(mark["points"]) for mark in marks if mark.get("grade")}
    name = Path(course.assignment(assignment).notebook).stem
    with open_gradebook(course) as gradebook:
        try:
            notebook = gradebook.find_notebook(name, assignment)
        except MissingEntry:
            known = None
        else:
            known = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    if known != released:
        problem = "does not know" if known is None else "has another version of"
        raise UsageError(f"The gradebook {problem} {assignment}: run `autograder release {assignment}` first.")


def note_due(course: Course, assignment: str) -> None:
    """Tell the gradebook when the assignment is due, for whoever looks at it in the formgrader."""
    due = course.assignment(assignment).due
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(
            assignment, duedate=due.astimezone(UTC).replace(tzinfo=None) if due else None
        )


def is_saved(course: Course, assignment: str, student: str, key: str) -> bool:
    """Whether the gradebook and `autograded/` hold the result of that name, with today's penalties, already."""
    saved = read_saved(course, assignment, student)
    if saved is None or saved.key != key:
        return False
    score = read_score(course, assignment, student)
    if score is None:
        return False
    team = load_teams(course, assignment).get(student)
    return saved.penalties == penalties(course.assignment(assignment), team, score.max_points)


def read_saved(course: Course, assignment: str, student: str) -> Saved | None:
    """What the student's notebook in `autograded/` says that it shows, or None where it says nothing."""
    path = course.root / "autograded" / student / assignment / course.assignment(assignment).notebook
    try:
        notebook = read_notebook(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    shown = notebook["metadata"] if notebook else {}
    key, lines = shown.get(RESULT_KEY), shown.get(PENALTIES_KEY)
    if not isinstance(key, str) or not isinstance(lines, list):
        return None
    try:
        return Saved(key, tuple(Penalty(str(name), float(points)) for name, points in lines))
    except (TypeError, ValueError):
        return None


def save(course: Course, assignment: str, student: str) -> str | None:
    """Save the stored result of the student's submission through nbgrader's autograding, one process at a time.

    Returns:
        None, or why it failed, in nbgrader's words; nothing is saved then.
    """
    with turn_to_save(course):
        return _save(course, assignment, student)


def _save(course: Course, assignment: str, student: str) -> str | None:
    staged = course.root / _STAGED / student / assignment
    settings = course.assignment(assignment)
    notebook = settings.notebook
    submission = read_handed_in(course, assignment, student)
    shutil.rmtree(staged, ignore_errors=True)
    try:
        staged.mkdir(parents=True)
        for name in settings.required:
            if name in submission.files:
                (staged / name).write_bytes(submission.files[name])
        (staged / notebook).touch()  # nbgrader looks for it, and never reads it
        config = nbgrader_settings(course, assignment)
        config.CourseDirectory.submitted_directory = _STAGED
        config.GradeSubmission.result = make_task(course, assignment, submission).key
        return _run(AutogradeByName, config, [student])
    finally:
        shutil.rmtree(staged.parent, ignore_errors=True)


def read_score(course: Course, assignment: str, student: str) -> Score | None:
    """The student's points in the gradebook, or None where it has none."""
    if intake.unusable_name(student):
        return None
    with open_gradebook(course) as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return None
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        penalty = float(submission.late_submission_penalty or 0)
        return Score(
            points=float(submission.score) - penalty,
            max_points=float(submission.max_score),
            waiting=tuple(sorted(grade.name for grade in grades if grade.needs_manual_grade)),
            penalty=penalty,
            cells={grade.name: _points(grade) for grade in sorted(grades, key=lambda grade: grade.name)},
        )


def read_comments(course: Course, assignment: str, student: str) -> Mapping[str, str]:
    """What persons wrote to the student, by the cell's name; nothing that nbgrader wrote by itself."""
    with open_gradebook(course) as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return {}
        comments = [comment for notebook in submission.notebooks for comment in notebook.comments]
        return {comment.name: comment.manual_comment for comment in comments if comment.manual_comment}


def _points(grade: Grade) -> float | None:
    """What is given for a cell; a regrade asks for a second look at what is marked, and keeps the mark."""
    marked = grade.manual_score is not None or grade.auto_score
    return float(grade.score) if marked or not grade.needs_manual_grade else None


def export_csv(course: Course, assignment: str, path: Path) -> None:
    """Write the assignment's grades, in the columns of nbgrader's CSV, to `path`, all of it or nothing.

    Raises:
        UsageError: the gradebook does not know the assignment.
    """
    check_gradebook(course, assignment)
    plugin = GradesExport(to=str(path), assignment=[assignment])
    with open_gradebook(course) as gradebook:
        plugin.export(gradebook)


def _run(converter: type[AutogradeByName], config: Config, students: Sequence[str]) -> str | None:
    """Run one of nbgrader's converters over what is there already; None, or the reason why it failed."""
    app: Any = converter(coursedir=CourseDirectory(config=config), config=config)
    app.students = students
    app.force = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's queries make SQLAlchemy warn; nothing is wrong
        result = capture_log(app)
    if result["success"]:
        return None
    if "\nKeyboardInterrupt" in result["error"]:  # nbgrader catches even this
        raise KeyboardInterrupt
    lines = [line.strip() for line in result.get("log", "").splitlines() if "Error" in line]
    return (lines or result["error"].strip().splitlines())[-1]


def gradebook_file(course: Course) -> Path | None:
    """The file of the gradebook, or None where nbgrader is told to use a database server."""
    url = make_url(CourseDirectory(config=nbgrader_settings(course)).db_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def open_gradebook(course: Course) -> Iterator[Gradebook]:
    """nbgrader's gradebook of the course.

    Raises:
        UsageError: it cannot be used, when it is opened or at any time before it is closed.
    """
    coursedir = CourseDirectory(config=nbgrader_settings(course))
    try:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            yield gradebook
    except DatabaseError as error:
        raise UsageError(
            f"The gradebook {coursedir.db_url} cannot be used ({error.orig}): close the program that holds it, or, "
            "where it is damaged, put a copy of it back, and run the same command again. What was graded is kept."
        ) from None
