"""The cells of a student's notebook, as typed records: the one door through which a notebook enters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.distil import MAX_KEPT, MAX_OUTPUT_BYTES, attachments, ids_of, marks_of, unshown
from autograder.notebook_output import text_of
from coursekit.notebook_file import load_cells
from coursekit.text import unix_lines

MAX_READ = MAX_KEPT + MAX_OUTPUT_BYTES + 2**20  # bytes; what comes here is small, or was reduced by `distil`


@dataclass(frozen=True)
class Cell:
    """One cell that a student handed in.

    Attributes:
        kind: "code", "markdown" or "raw".
        source: its text, with plain line ends.
        name: nbgrader's name of it, or None where the mark is lost.
        ids: the ids that the cell has, in the places where tools put them.
        attachments: pictures pasted into it, as base64 by name and type.
        unshown: names of those that are of no kind that is shown.
    """

    kind: str
    source: str
    name: str | None = None
    ids: tuple[str, ...] = ()
    attachments: Mapping[str, dict[str, str]] = field(default_factory=dict)
    unshown: tuple[str, ...] = ()


def read_cells(notebook: bytes) -> list[Cell]:
    """The cells of a notebook file.

    Raises:
        ValueError: it cannot be read; the message says why, as a clause without a full stop.
    """
    if len(notebook) > MAX_READ:
        raise ValueError(f"it has more than {MAX_READ // 2**20} MiB")
    return [_read_cell(cell) for cell in load_cells(notebook)]


def _read_cell(cell: Mapping[str, Any]) -> Cell:
    kind = cell.get("cell_type")
    return Cell(
        kind=kind if kind in ("code", "markdown") else "raw",
        source=unix_lines(text_of(cell.get("source"))),
        name=marks_of(cell).get("grade_id"),
        ids=ids_of(cell),
        attachments=attachments(cell.get("attachments")),
        unshown=unshown(cell.get("attachments")),
    )
