"""Puts the work of a student into the released notebook, so that it can be run and graded.

Three stages, each from cells to cells: the student's cells go into the release (here), written answers that stand
elsewhere go into their places (`answers`), and the code is brought into an order in which it runs (`order`). What
cannot be read at all becomes the released notebook with a reason, so that a person can still look at it.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.intake.answers import ADDED, is_written, place_answers
from autograder.intake.beside import NO_DOCUMENTS, answers_beside, code_beside
from autograder.intake.cells import Cell, read_cells
from autograder.intake.code import DEFINING, bound, read_code, read_stubs, text_of, used, without_fence
from autograder.intake.marks import grade_id, graded_by_checks, is_code_answer, locked
from autograder.intake.match import Matching, match, normalized, same_text
from autograder.intake.order import order_code
from autograder.intake.remarks import listed, remarks_on
from autograder.shown.printable import printable

_NO_MARKUP = str.maketrans(dict.fromkeys("*_`$<>[]()&\\", "?"))
NOT_WORK = frozenset({"netid"})  # files that hold nothing that could be marked


@dataclass(frozen=True)
class Repaired:
    """A notebook that can be run and graded.

    Attributes:
        notebook: the release with the student's answers and own cells; no outputs.
        remarks: what was repaired, one sentence each, for the student to read.
        unreadable: why nothing of the student's notebook could be used, or None.
        waiting: names of the written answers that a person must look at although nothing is written in their cells.
        doubts: why a check is not to decide on a failure, by the name of its cell.
    """

    notebook: NotebookNode
    remarks: tuple[str, ...] = ()
    unreadable: str | None = None
    waiting: tuple[str, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)


def repair(
    notebook: bytes,
    release: NotebookNode,
    unreadable: str | None = None,
    files: Mapping[str, bytes] | None = None,
    refused: Iterable[str] = (),
    given: Sequence[str] = (),
) -> Repaired:
    """Put the student's answers into the released notebook.

    Args:
        notebook: the file, as `read_submission` reads it; anything may be in it.
        release: the released notebook, nbformat 4.
        unreadable: why the file could not be read, where `read_submission` says so.
        files: what else was handed in, by name; work may be in it.
        refused: what was handed in and not read.
        given: the names of the course's own packages and modules, which come with the kit and hold no work.
    """
    files, refused = files or {}, list(refused)
    work = bool(notebook or unreadable or refused or files.keys() - NOT_WORK)
    if not notebook and unreadable is None:
        return _nothing(release, _missing(files), work)
    if unreadable is None:
        try:
            cells = read_cells(notebook)
        except ValueError as error:
            unreadable = str(error)
    if unreadable is not None:
        reason = f"The notebook cannot be read: {unreadable}. Save it in Jupyter and hand it in again."
        return _nothing(release, reason, work)
    matching = match(cells, release)
    if not matching.places:
        reason = "The notebook holds none of the cells of the homework: put your answers into the one handed out."
        shown = [_own_cell(cell, f"student-{i + 1}") for i, cell in enumerate(cells) if cell.source.strip()]
        return _nothing(release, reason, bool(shown), shown)

    gone = frozenset(name for cell in release.cells if (name := grade_id(cell)) and name not in matching.places)
    answered = place_answers(_put_together(cells, release, matching), release, gone)
    ordered = order_code(answered.cells, release, code_beside(files, given, release))
    others = ""
    if list(answered.missing) == [str(grade_id(cell)) for cell in release.cells if is_written(cell)]:
        others = answers_beside(files, refused, release, bool(ordered.written))
    repaired = copy.deepcopy(release)
    repaired.cells = ordered.cells
    nbformat.validate(repaired)
    remarks = remarks_on(cells, release, matching, answered, ordered)
    doubts = dict(ordered.doubts)
    if others:
        remarks.append(
            f"No question is answered in the notebook; a person will see whether {others} holds the answers."
        )
        if not ordered.written:
            reason = f"The notebook is as it was handed out; the work may be in {others}."
            doubts = {str(grade_id(cell)): reason for cell in release.cells if graded_by_checks(cell)}
    lost = not others and ordered.written and gone.issuperset(answered.missing) and not answered.written
    if lost and answered.missing:
        remarks.append("The cells of all written answers are missing; a person will ask where they are.")
    waiting = (*answered.found, *answered.perhaps, *(answered.missing if others or lost else ()))
    return Repaired(repaired, tuple(remarks), None, waiting, doubts)


def _missing(files: Iterable[str]) -> str:
    """Why there is no notebook, with what was handed in instead, but for the files of the kit."""
    instead = [
        printable(name) for name in sorted(files) if "/" not in name and not name.lower().startswith(NO_DOCUMENTS)
    ]
    if not instead:
        return "The notebook is missing."
    return f"The notebook is missing; a person will look at what was handed in instead: {listed(instead)}."


def _nothing(release: NotebookNode, reason: str, work: bool, shown: Iterable[NotebookNode] = ()) -> Repaired:
    """The release without answers; all of it waits for a person where there is any work that could not be used."""
    notebook = copy.deepcopy(release)
    notebook.cells = [*shown, *notebook.cells]
    if not work:
        return Repaired(notebook, unreadable=reason)
    waiting = tuple(str(grade_id(cell)) for cell in release.cells if is_written(cell))
    doubts = {str(grade_id(cell)): reason for cell in release.cells if graded_by_checks(cell)}
    return Repaired(notebook, unreadable=reason, waiting=waiting, doubts=doubts)


def _put_together(cells: list[Cell], release: NotebookNode, matching: Matching) -> list[NotebookNode]:
    """The released cells with the student's answers in them, and the student's own cells where they stand."""
    places = matching.places
    name_at = {index: name for name, index in places.items()}
    own: dict[str | None, list[NotebookNode]] = {None: []}  # by what they follow
    anchor: str | None = None
    for index, cell in enumerate(cells):
        anchor = name_at.get(index, anchor)
        if index not in name_at and (cell.source.strip() or cell.attachments):
            own.setdefault(anchor, []).append(_own_cell(cell, f"student-{index + 1}"))
    wanted = {name for cell in release.cells if is_code_answer(cell) for name in read_stubs(cell.source)}
    together = list(own[None])
    for given in copy.deepcopy(release).cells:
        name = grade_id(given)
        if name is None:  # not protected, so the student's version of it counts, as one of their cells
            continue
        if name in places:
            cell = cells[places[name]]
            if not locked(given):
                _answer(given, cell)
            elif not same_text(cell.source, given.source):
                added = _added(given, cell, wanted, f"student-{places[name] + 1}")
                together += added if graded_by_checks(given) else []  # which needs what was added to it
                own[name] = [*([] if graded_by_checks(given) else added), *own.get(name, [])]
        together += [given, *own.get(name, [])]
    return together


def _answer(given: NotebookNode, cell: Cell) -> None:
    """Write the student's answer into a given cell."""
    untouched = same_text(cell.source, given.source)
    if given.cell_type == "markdown" and cell.attachments:
        given.attachments = dict(cell.attachments)
        if untouched:  # else nbgrader, which looks at the text only, takes it for no answer
            given.source = "\n\n".join(f"![{name}](attachment:{name})" for name in cell.attachments)
    elif given.cell_type == "markdown" and cell.unshown and (untouched or not cell.source.strip()):
        names = listed(printable(name).translate(_NO_MARKUP) for name in cell.unshown)
        given.source = f"*(The autograder: a picture of a kind that is not shown was pasted in here: {names}.)*"
        return
    if not untouched:
        fenced = given.cell_type == "code" and cell.kind != "code"
        given.source = without_fence(cell.source) if fenced else cell.source


def _added(given: NotebookNode, cell: Cell, wanted: set[str], cell_id: str) -> list[NotebookNode]:
    """What a student wrote into a locked cell, as a cell of their own: answers, functions that a task asks for, and
    imports, functions and names that the given cell has not."""
    if given.cell_type == "code":
        code, known = read_code(cell.source), {normalized(text) for text in read_stubs(given.source).values()}
        taken = {name for part in read_code(given.source).statements for name in (*bound(part), *used(part))}
        texts = [
            text_of(code.lines, part)
            for part in code.statements
            if (getattr(part, "name", None) in wanted and normalized(text_of(code.lines, part)) not in known)
            or (isinstance(part, DEFINING) and {*bound(part)} and not taken & {*bound(part)})
        ]
        return [nbformat.v4.new_code_cell("\n\n".join(texts), id=cell_id)] if texts else []
    lines = {line.strip() for line in given.source.splitlines()}
    text = "\n".join(line for line in cell.source.splitlines() if not line.strip() or line.strip() not in lines).strip()
    if not text and not cell.attachments:
        return []
    extra = {"attachments": dict(cell.attachments)} if cell.attachments else {}
    return [nbformat.v4.new_markdown_cell(text, id=cell_id, metadata={ADDED: True}, **extra)]


def _own_cell(cell: Cell, cell_id: str) -> NotebookNode:
    """One of the student's own cells, without any metadata or outputs."""
    if cell.kind == "code":
        return nbformat.v4.new_code_cell(cell.source, id=cell_id)
    if cell.kind == "markdown":
        extra = {"attachments": dict(cell.attachments)} if cell.attachments else {}
        return nbformat.v4.new_markdown_cell(cell.source, id=cell_id, **extra)
    return nbformat.v4.new_raw_cell(cell.source, id=cell_id)
