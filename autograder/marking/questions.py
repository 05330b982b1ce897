"""What a person marks in an assignment, read from the instructor's notebook: questions and their marking schemes."""

import re
from collections.abc import Sequence

import nbformat
from nbformat import NotebookNode

from autograder import intake
from autograder.config import Course
from autograder.mark_scheme import split_scheme
from autograder.marking.records import Criterion, Question, Scheme
from autograder.marking.rubric import WHOLE, read_scheme

_HEADING = re.compile(r"^#+\s*(.+?)\s*#*$", re.MULTILINE)


def read_questions(course: Course, assignment: str) -> tuple[Question, ...]:
    """All cells with points, in the order of the notebook.

    Raises:
        UsageError: there is no such notebook.
    """
    source = nbformat.read(course.source_notebook(assignment), as_version=4)
    cells = source.cells
    return tuple(_question(cells[: number + 1]) for number, cell in enumerate(cells) if _marks(cell).get("grade"))


def _question(cells: Sequence[NotebookNode]) -> Question:
    """The question that the last of `cells` answers."""
    cell = cells[-1]
    name, points = str(intake.grade_id(cell)), float(_marks(cell)["points"])
    if intake.graded_by_checks(cell):
        return Question(
            name,
            f"Where the checks of {name} could not decide",
            "",
            points,
            Scheme((Criterion(points, WHOLE),)),
            written=False,
        )
    asked = next((one for one in reversed(cells[:-1]) if _is_text(one)), None)
    source = asked.source if asked else ""
    text, _ = split_scheme(source)
    heading = _HEADING.search(text)
    title = heading[1] if heading else name.replace("_", " ")
    rest = text.replace(heading[0], "", 1).strip() if heading else text
    return Question(name, title, rest, points, read_scheme(source, points))


def _is_text(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and not _marks(cell).get("solution")


def _marks(cell: NotebookNode) -> NotebookNode:
    return cell.metadata.get("nbgrader", {})
