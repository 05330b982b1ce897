"""Reads a notebook together with the outputs that were handed in with it.

Stands between submission and report in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. `intake` drops outputs, since no grade may rest on them; here they are what a new run is compared with.
Anything may be in them: every output is brought to one well-formed shape, and its size is bounded.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook

from autograder.distil import LEFT_OUT, MAX_CELL_OUTPUTS, marks_of, plain_output
from autograder.notebook_output import text_of
from coursekit.notebook_file import load_cells
from coursekit.text import unix_lines


def read_submitted(content: bytes) -> NotebookNode:
    """The code cells of a notebook file, with their outputs as `well_formed` leaves them.

    Args:
        content: a file in which `intake.repair` found a notebook.

    Raises:
        ValueError: it is no notebook; the message says why.
    """
    return _code_cells(load_cells(content))


def well_formed(notebook: NotebookNode) -> NotebookNode:
    """The code cells of `notebook`: their names, their sources, and what of their outputs can be compared."""
    return _code_cells(notebook.cells)


def _code_cells(cells: Iterable[Mapping[str, Any]]) -> NotebookNode:
    code = (cell for cell in cells if cell.get("cell_type") == "code")
    return new_notebook(cells=[_read_cell(cell, f"code-{number}") for number, cell in enumerate(code, start=1)])


def _read_cell(cell: Mapping[str, Any], name: str) -> NotebookNode:
    marks, metadata = marks_of(cell), cell.get("metadata")
    left_out = isinstance(metadata, dict) and metadata.get(LEFT_OUT) is True
    kept = ({"nbgrader": marks} if marks else {}) | ({LEFT_OUT: True} if left_out else {})
    source = unix_lines(text_of(cell.get("source")))
    outputs = cell.get("outputs")
    plain = [plain_output(output) for output in outputs[:MAX_CELL_OUTPUTS]] if isinstance(outputs, list) else []
    return from_dict(
        {
            "cell_type": "code",
            "id": name,
            "source": source,
            "metadata": kept,
            "execution_count": None,
            "outputs": [output for output in plain if output],
        }
    )
