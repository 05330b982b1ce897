"""What a team handed in, as far as it helps to mark: its answer, its code, its figures, what the checks said.

Answer and code come from the graded notebook, in which everything is in its place. Figures come from the notebook that
was handed in, since our own short run shows others; they are read with limits, as all that students send.
"""

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import intake
from autograder.config import Course
from autograder.gradebook import read_saved
from autograder.graded import GradedSubmission, load_graded
from autograder.marking.records import Code, Figure, Question, Text, Work
from autograder.notebook_output import PICTURES
from autograder.reproduce import read_submitted
from autograder.result_form import read_notebook
from autograder.verdict import Verdict

MAX_FIGURES = 30


def read_work(course: Course, assignment: str, team: str, question: Question) -> Work:
    """What the team handed in for a question; empty where its graded notebook is gone or damaged."""
    settings = course.assignment(assignment)
    notebook = _graded_notebook(course, assignment, team)
    cells = [] if notebook is None else notebook.cells
    graded = _graded(course, assignment, team)
    answer = next((cell for cell in cells if intake.grade_id(cell) == question.cell), None)
    submission = intake.read_submission(_folder(course, assignment, team), settings.notebook, settings.required)
    return Work(
        answer=_text(answer) if answer and question.written else None,
        checks=Verdict.from_json(graded.verdict).for_cell(question.cell) if graded else (),
        remarks=graded.remarks if graded else (),
        code=tuple(Code(str(intake.grade_id(cell)), cell.source) for cell in cells if intake.is_code_answer(cell)),
        figures=tuple(_figures(submission.notebook)),
        pdf=_pdf_name(course, assignment) in submission.files,
    )


def read_pdf(course: Course, assignment: str, team: str) -> bytes | None:
    """The printed notebook, or None where there is none that can be read."""
    settings = course.assignment(assignment)
    submission = intake.read_submission(_folder(course, assignment, team), settings.notebook, settings.required)
    return submission.files.get(_pdf_name(course, assignment))


def _folder(course: Course, assignment: str, team: str) -> Path:
    return course.root / "submitted" / team / assignment


def _pdf_name(course: Course, assignment: str) -> str:
    return str(Path(course.assignment(assignment).notebook).with_suffix(".pdf"))


def _graded_notebook(course: Course, assignment: str, team: str) -> NotebookNode | None:
    path = course.root / "autograded" / team / assignment / course.assignment(assignment).notebook
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return nbformat.reads(text, as_version=4) if read_notebook(text) else None


def _graded(course: Course, assignment: str, team: str) -> GradedSubmission | None:
    """The stored result that the graded notebook shows."""
    saved = read_saved(course, assignment, team)
    return load_graded(course, assignment, saved.key) if saved else None


def _text(cell: NotebookNode) -> Text:
    return Text(cell.source, cell.cell_type == "code", cell.get("attachments", {}))


def _figures(notebook: bytes) -> Iterator[Figure]:
    """The pictures below the code cells of a notebook file, in its order; none where it cannot be read."""
    try:
        cells = read_submitted(notebook).cells
    except ValueError:
        return
    found = 0
    for number, cell in enumerate(cells, start=1):
        name = (intake.grade_id(cell) or f"code cell {number}").replace("_", " ").replace("-", " ")
        for output in cell.outputs:
            pictures = [mime for mime in PICTURES if mime in output.get("data", {})]
            if pictures and found < MAX_FIGURES:
                yield Figure(name, pictures[0], "".join(output["data"][pictures[0]].split()))
                found += 1
