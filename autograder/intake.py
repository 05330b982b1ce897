"""Turns what a student handed in into a notebook that is safe to run and to grade.

Stands between submission and trace in the flow course material -> submission -> trace -> verdict -> gradebook
-> report. The released notebook is the skeleton: every locked cell and all of nbgrader's metadata come from
it. From the student come the answers (found by grade_id) and any cells of their own, kept where they stand.
What cannot be read at all becomes the skeleton with empty answers and a reason, so that it can still be
graded, with 0. The files that arrived are only read, never changed.
"""

import copy
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

MAX_NOTEBOOK = 32 * 2**20  # bytes; a run of 80 epochs with all its figures is below 5 MiB
MAX_CELLS = 1000
MAX_FILE = 32 * 2**20  # bytes of one other file
MAX_FILES = 200

_IGNORED = {".git", ".ipynb_checkpoints", "__pycache__"}


@dataclass(frozen=True)
class Submission:
    """The bytes of one submission, read without following any link.

    Attributes:
        notebook: the assignment's notebook; empty where it is missing.
        files: everything else, by path relative to the submission.
        refused: what was left out, one sentence each.
    """

    notebook: bytes
    files: dict[str, bytes]
    refused: tuple[str, ...] = ()


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


def read_submission(folder: Path, notebook: str) -> Submission:
    """Read the plain files below `folder`; links and special files are refused, never followed.

    Args:
        folder: what one student handed in for one assignment.
        notebook: file name of the assignment's notebook.
    """
    files: dict[str, bytes] = {}
    refused: list[str] = []
    if folder.is_symlink():
        return Submission(b"", {}, (f"The folder {folder.name} is a link and was not opened.",))
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        shown = printable(name)
        limit = MAX_NOTEBOOK if name == notebook else MAX_FILE
        if path.suffix == ".ipynb" and name != notebook:
            refused.append(f"{shown} was left out: only {notebook} is graded.")
        elif len(files) >= MAX_FILES:
            refused.append(f"Only the first {MAX_FILES} files were read.")
            break
        else:
            content = _read_plain(path, limit)
            if isinstance(content, str):
                refused.append(f"{shown} was left out: {content}.")
            else:
                files[name] = content
    return Submission(files.pop(notebook, b""), files, tuple(refused))


def odd_files(folder: Path) -> list[Path]:
    """The links and special files below `folder`, and `folder` itself if it is a link."""
    if folder.is_symlink():
        return [folder]
    return [path for path in _walk(folder) if not stat.S_ISREG(path.lstat().st_mode)]


def repair(notebook: bytes, release: NotebookNode) -> Repaired:
    """Put the student's answers into the released notebook.

    Args:
        notebook: the file as it arrived; anything may be in it.
        release: the released notebook, nbformat 4.
    """
    cells = _read_cells(notebook)
    if isinstance(cells, str):
        return Repaired(copy.deepcopy(release), unreadable=cells)
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
                retyped += [name] if cell.cell_type != given.cell_type else []
                given.source = cell.source
                if given.cell_type == "markdown" and cell.attachments:
                    given.attachments = cell.attachments
        repaired.cells += [given, *extras.get(name, [])]
    nbformat.validate(repaired)
    told = [
        (missing, "missing, and put back as handed out"),
        (changed, "not to be changed, and put back as handed out"),
        (retyped, "of another type (code or text), and set to the type handed out"),
    ]
    remarks = tuple(f"These cells were {what}: {', '.join(names)}." for names, what in told if names)
    return Repaired(repaired, remarks)


def grade_id(cell: NotebookNode) -> str | None:
    """nbgrader's name of a cell of the release, or None where it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def locked(cell: NotebookNode) -> bool:
    """Whether the student was not to change the cell."""
    marks = cell.metadata.get("nbgrader", {})
    return not marks.get("solution") and bool(marks.get("grade") or marks.get("locked"))


def graded_by_checks(cell: NotebookNode) -> bool:
    """Whether the points of the cell come from the checks and not from a person."""
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(marks.get("grade")) and not marks.get("solution")


def printable(text: str, most: int = 80) -> str:
    """`text` on one line, short, with nothing in it that a page or a terminal would interpret."""
    return re.sub(r"[^\w ./@+,:;()=-]", "?", text)[:most]


def _walk(folder: Path) -> Iterator[Path]:
    """Everything below `folder` that is not a folder, sorted; no link is followed."""
    for where, folders, names in os.walk(folder, followlinks=False):
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        folders[:] = sorted(set(folders) - set(links) - _IGNORED)
        yield from (Path(where) / name for name in sorted([*names, *links]) if name not in _IGNORED)


def _read_plain(path: Path, limit: int) -> bytes | str:
    """The content of a plain file of at most `limit` bytes, or the reason why it is refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return "it is a link or cannot be read"
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return "it is not a plain file"
        if status.st_nlink > 1:  # of a file that may be another's
            return "it has a second name (a hard link); a copy is needed"
        content = file.read(limit + 1)
    return content if len(content) <= limit else f"it is larger than {limit // 2**20} MiB"


def _read_cells(notebook: bytes) -> list[NotebookNode] | str:
    """The cells of a notebook file, each with cell_type, source, name, id and attachments; or a reason."""
    if not notebook.strip():
        return "The notebook is missing or empty."
    if len(notebook) > MAX_NOTEBOOK:
        return f"The notebook is larger than {MAX_NOTEBOOK // 2**20} MiB."
    try:
        data = json.loads(notebook.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        return f"The notebook is damaged: it is not valid JSON{line}. Save it in Jupyter and hand it in again."
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        return "The file is no Jupyter notebook of format 4. Save it in Jupyter and hand it in again."
    if len(data["cells"]) > MAX_CELLS:
        return f"The notebook has more than {MAX_CELLS} cells."
    return [_read_cell(cell) for cell in data["cells"] if isinstance(cell, dict)]


def _read_cell(cell: dict[str, Any]) -> NotebookNode:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    kind = cell.get("cell_type")
    return NotebookNode(
        cell_type=kind if kind in ("code", "markdown") else "raw",
        source=_clean(source) if isinstance(source, str) else "",
        name=name if isinstance(name, str) else None,
        id=cell.get("id") if isinstance(cell.get("id"), str) else None,
        attachments=_attachments(cell.get("attachments")),
    )


def _attachments(value: Any) -> dict[str, dict[str, str]]:
    """The pictures pasted into a text cell, as far as they are well formed."""
    if not isinstance(value, dict):
        return {}
    return {
        _clean(name): {"image/" + kind: data}
        for name, bundle in value.items()
        if isinstance(bundle, dict)
        for kind in ("png", "jpeg")
        if isinstance(data := bundle.get("image/" + kind), str) and re.fullmatch(r"[A-Za-z0-9+/=\s]*", data)
    }


def _clean(text: str) -> str:
    """`text` without lone surrogates, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _match(cells: list[NotebookNode], release: NotebookNode) -> dict[str, int]:
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
        found = found or [i for i, cell in enumerate(cells) if cell.name is None and cell.id == given.get("id")]
        worked_on = [i for i in found if cells[i].source.strip() != given.source.strip()]
        if found:
            places[name] = found[0] if locked(given) or not worked_on else worked_on[0]
    return places


def _own_cell(cell: NotebookNode, cell_id: str) -> NotebookNode:
    """One of the student's own cells, without any metadata or outputs."""
    if cell.cell_type == "code":
        return nbformat.v4.new_code_cell(cell.source, id=cell_id)
    if cell.cell_type == "markdown":
        extra = {"attachments": cell.attachments} if cell.attachments else {}
        return nbformat.v4.new_markdown_cell(cell.source, id=cell_id, **extra)
    return nbformat.v4.new_raw_cell(cell.source, id=cell_id)
