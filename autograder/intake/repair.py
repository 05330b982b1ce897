"""Puts the work of a student into the released notebook, so that it can be run and graded.

What cannot be read at all becomes the released notebook with empty answers and a reason, so that it can still be shown
to a person.
"""

import copy
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from autograder.intake.cells import Cell, read_cells
from autograder.intake.marks import grade_id, locked


@dataclass(frozen=True)
class Repaired:
    """A notebook that can be run and graded.

    Attributes:
        notebook: the release with the student's answers and own cells; no outputs.
        remarks: what was repaired, one sentence each, for the student to read.
        unreadable: why nothing of the student's notebook could be used, or None.
    """

    notebook: NotebookNode
    remarks: tuple[str, ...] = ()
    unreadable: str | None = None


def repair(notebook: bytes, release: NotebookNode, unreadable: str | None = None) -> Repaired:
    """Put the student's answers into the released notebook.

    Args:
        notebook: the file as it arrived; anything may be in it.
        release: the released notebook, nbformat 4.
        unreadable: why the file could not be read, where `read_submission` says so.
    """
    if not notebook and unreadable is None:
        return Repaired(copy.deepcopy(release), unreadable="The notebook is missing.")
    if unreadable is None:
        try:
            cells = read_cells(notebook)
        except ValueError as error:
            unreadable = str(error)
    if unreadable is not None:
        reason = f"The notebook cannot be read: {unreadable}. Save it in Jupyter and hand it in again."
        return Repaired(copy.deepcopy(release), unreadable=reason)
    places = _match(cells, release)
    if not places:
        reason = "It holds none of the cells of the homework; put your answers into the notebook handed out."
        return Repaired(copy.deepcopy(release), unreadable=reason)

    name_at = {index: name for name, index in places.items()}
    extras: dict[str | None, list[NotebookNode]] = {None: []}  # the student's own cells, by what they follow
    anchor: str | None = None
    for index, cell in enumerate(cells):
        anchor = name_at.get(index, anchor)
        if index not in name_at and cell.source.strip():
            extras.setdefault(anchor, []).append(_own_cell(cell, f"student-{index + 1}"))

    repaired = copy.deepcopy(release)
    repaired.cells = list(extras[None])
    changed, missing, retyped = [], [], []
    for given in copy.deepcopy(release).cells:
        name = grade_id(given)
        if name is None:  # not protected, so the student's version of it counts, as one of their cells
            continue
        if name not in places:
            missing.append(name)
        else:
            cell = cells[places[name]]
            if locked(given):
                changed += [name] if cell.source.strip() != given.source.strip() else []
            else:
                retyped += [name] if cell.kind != given.cell_type else []
                given.source = cell.source
                if given.cell_type == "markdown" and cell.attachments:
                    given.attachments = dict(cell.attachments)
        repaired.cells += [given, *extras.get(name, [])]
    nbformat.validate(repaired)
    told = [
        (missing, "missing, and put back as handed out"),
        (changed, "not to be changed, and put back as handed out"),
        (retyped, "of another type (code or text), and set to the type handed out"),
    ]
    remarks = tuple(f"These cells were {what}: {', '.join(names)}." for names, what in told if names)
    return Repaired(repaired, remarks)


def _match(cells: list[Cell], release: NotebookNode) -> dict[str, int]:
    """Which of the student's cells is which of the release: index by grade_id.

    Splitting or copying a cell in Jupyter copies its grade_id too: the first one that was worked on counts.
    Where a tool has dropped nbgrader's metadata, the cell's own id is the next best.
    """
    places: dict[str, int] = {}
    for given in release.cells:
        name = grade_id(given)
        if name is None:
            continue
        found = [i for i, cell in enumerate(cells) if cell.name == name]
        found = found or [i for i, cell in enumerate(cells) if cell.name is None and given.get("id") in cell.ids]
        worked_on = [i for i in found if cells[i].source.strip() != given.source.strip()]
        if found:
            places[name] = found[0] if locked(given) or not worked_on else worked_on[0]
    return places


def _own_cell(cell: Cell, cell_id: str) -> NotebookNode:
    """One of the student's own cells, without any metadata or outputs."""
    if cell.kind == "code":
        return nbformat.v4.new_code_cell(cell.source, id=cell_id)
    if cell.kind == "markdown":
        extra = {"attachments": dict(cell.attachments)} if cell.attachments else {}
        return nbformat.v4.new_markdown_cell(cell.source, id=cell_id, **extra)
    return nbformat.v4.new_raw_cell(cell.source, id=cell_id)
