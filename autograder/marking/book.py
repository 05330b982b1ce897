"""Marks in nbgrader's gradebook: read all at once, and written one cell at a time, each write whole or not at all.

A marker writes with what they have seen. If the cell holds something else by now, since another marker or the
formgrader was there, nothing is written and the marker is shown what is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Select, select, text

from autograder.config import Course
from autograder.gradebook import open_gradebook
from autograder.marking.records import Given, Mark, Question, Standing

BUSY_SECONDS = 20  # that a write waits for another one: grading a class writes a few times a second, briefly


@dataclass(frozen=True)
class Written:
    """What came of a write: what the gradebook holds now, and whether that is what was to be written."""

    mark: Mark
    done: bool


def read_marks(course: Course, assignment: str) -> Mapping[tuple[str, str], Mark]:
    """All marks of an assignment by the names of cell and team.

    Raises:
        UsageError: the gradebook cannot be used.
    """
    with open_gradebook(course) as gradebook:
        return _read(gradebook, course, assignment)


def write_mark(
    course: Course, assignment: str, question: Question, team: str, given: Given, seen: str | None
) -> Written:
    """Put what a marker gives for one cell of one team into the gradebook.

    Args:
        course: the course.
        assignment: name of the assignment.
        question: whose cell it is.
        team: name of the folder in `submitted/`.
        given: by the marker.
        seen: the version of the mark that the marker has seen; None to write whatever is there.

    Raises:
        UsageError: the gradebook does not know the cell, is busy for too long, or cannot be used.
    """
    notebook = Path(course.assignment(assignment).notebook).stem
    with open_gradebook(course) as gradebook:
        _lock(gradebook)
        before = _read(gradebook, course, assignment, question.cell, team)[question.cell, team]
        if seen is not None and before.version != seen:
            gradebook.db.rollback()
            return Written(before, done=False)
        grade = gradebook.find_grade(question.cell, notebook, assignment, team)
        if given.points is not None:
            grade.manual_score, grade.needs_manual_grade = given.points, False
        if _has_comment(gradebook, question.cell, notebook, assignment):
            comment = gradebook.find_comment(question.cell, notebook, assignment, team)
            comment.manual_comment = given.comment or None
        gradebook.db.commit()
        return Written(_read(gradebook, course, assignment, question.cell, team)[question.cell, team], done=True)


def _has_comment(gradebook: Gradebook, cell: str, notebook: str, assignment: str) -> bool:
    """Whether nbgrader keeps comments on a cell: it does on what students write, not on cells with checks."""
    try:
        gradebook.find_solution_cell(cell, notebook, assignment)
    except MissingEntry:
        return False
    return True


def _lock(gradebook: Gradebook) -> None:
    """Begin to write, so that between reading what is there and writing nobody else writes."""
    if gradebook.engine.dialect.name == "sqlite":
        gradebook.db.execute(text(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}"))
        gradebook.db.execute(text("BEGIN IMMEDIATE"))
    else:
        gradebook.db.execute(select(Grade.id).with_for_update())


def _read(
    gradebook: Gradebook, course: Course, assignment: str, cell: str | None = None, team: str | None = None
) -> dict[tuple[str, str], Mark]:
    notebook = Path(course.assignment(assignment).notebook).stem
    chosen = [Assignment.name == assignment, Notebook.name == notebook]
    chosen += [] if cell is None else [BaseCell.name == cell]
    chosen += [] if team is None else [SubmittedAssignment.student_id == team]
    where = BaseCell.name, SubmittedAssignment.student_id
    comments: Select = _of_cells(  # type: ignore[type-arg]
        select(*where, Comment.manual_comment, Comment.auto_comment), Comment
    ).where(*chosen)
    said = {(row[0], row[1]): (row[2] or "", row[3] or "") for row in gradebook.db.execute(comments)}
    columns = Grade.needs_manual_grade, Grade.manual_score, Grade.auto_score, Grade.extra_credit
    grades: Select = _of_cells(select(*where, *columns), Grade).where(*chosen)  # type: ignore[type-arg]
    marks = {}
    for name, student, waiting, manual, auto, extra in gradebook.db.execute(grades):
        comment, automatic = said.get((name, student), ("", ""))
        standing = _standing(bool(waiting), manual)
        marks[name, student] = Mark(standing, manual, auto, float(extra or 0), comment, automatic)
    return marks


def _of_cells(query: Select, kind: type[Grade] | type[Comment]) -> Select:  # type: ignore[type-arg]
    """The query of grades or comments, with what they belong to."""
    return (
        query.join_from(kind, BaseCell, kind.cell_id == BaseCell.id)
        .join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    )


def _standing(waiting: bool, manual: float | None) -> Standing:
    if waiting:
        return Standing.WAITING if manual is None else Standing.LOOK_AGAIN
    return Standing.BY_ITSELF if manual is None else Standing.MARKED
