"""A released notebook of few cells, filled in, and ways to look at it."""

import copy
import json
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def marks(name: str, **changes: Any) -> dict[str, Any]:
    given = {"grade": False, "solution": False, "locked": True, "schema_version": 3, "grade_id": name}
    return {"nbgrader": given | changes}


RELEASE = new_notebook(
    metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    cells=[
        new_markdown_cell("# Homework", id="a", metadata=marks("title")),
        new_code_cell("import torch", id="b", metadata=marks("imports")),
        new_code_cell("# YOUR CODE HERE", id="c", metadata=marks("losses", solution=True, locked=False)),
        new_code_cell("check.losses()", id="d", metadata=marks("check_losses", grade=True, points=3)),
        new_markdown_cell(
            "YOUR ANSWER HERE",
            id="e",
            metadata=marks("answer", grade=True, solution=True, locked=False, points=4),
        ),
    ],
)


def filled() -> nbformat.NotebookNode:
    notebook = copy.deepcopy(RELEASE)
    notebook.cells[2].source = "def loss(): return 1"
    notebook.cells[4].source = "I wrote a loss."
    return notebook


def as_bytes(notebook: Any) -> bytes:
    return json.dumps(notebook).encode()


def sources(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]
