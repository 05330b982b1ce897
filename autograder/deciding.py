"""Says which cells of a submission are run: those on which a point may depend. Between submission and trace.

The points of the checks come from what their test cells record, and nothing after the last of these can change that. So
grading ends there. What the cells behind it showed when they were handed in is shown again, cleaned like all outputs;
whether they show the same when they are run is the question of `autograder reproduce`.
"""

from collections.abc import Sequence

import nbformat
from nbformat import NotebookNode

from autograder.intake import grade_id, graded_by_checks


def last_deciding(notebook: NotebookNode) -> int:
    """The number of the last code cell on which a point may depend, counted from 1; 0 where there is none."""
    numbers = [number for number, cell in enumerate(_code(notebook), start=1) if graded_by_checks(cell)]
    return max(numbers, default=0)


def run_part(executed: NotebookNode, last: int) -> NotebookNode:
    """The code cells that were run."""
    return nbformat.v4.new_notebook(cells=_code(executed)[:last])


def show_handed_in(executed: NotebookNode, submitted: NotebookNode, last: int) -> None:
    """Gives the code cells behind the last that was run the outputs with which they were handed in.

    Args:
        executed: the notebook after the run; it is changed.
        submitted: the code cells that were handed in, as `reproduce.read_submitted` reads them.
        last: the number of the last code cell that was run.
    """
    given = {(grade_id(cell) or "", cell.source.strip()): cell.outputs for cell in submitted.cells}
    for cell in _code(executed)[last:]:
        name = grade_id(cell) or ""
        cell.outputs = [*given.get((name, cell.source.strip()), given.get(("", cell.source.strip()), []))]


def _code(notebook: NotebookNode) -> Sequence[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
