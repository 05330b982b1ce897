"""Finds the text of written answers that does not stand in the cells handed out for it.

Where an answer is as it was handed out, or its cell is missing, and text of the student's own stands near it, this text
is put into its place, so that it waits for a person and is read where it is marked. Nothing found leaves it as it is.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.intake.code import read_code
from autograder.intake.marks import grade_id, locked
from autograder.intake.match import normalized, same_text

FEW_WORDS = 15  # a text in the part with the code that has fewer is a note or a heading, and no answer
FEWEST_WORDS = 1  # the same among the questions, where every word counts
MAX_QUOTED = 5000  # characters of a text that is shown in a place where it may not belong
ADDED = "added_to_given_cell"  # in the metadata of a cell: its text was written into a given cell

_COMMENT = re.compile(r"#+[ \t]*(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Answered:
    """A notebook with the texts of the answers in their places.

    Attributes:
        cells: all cells, those that were put elsewhere left out.
        found: names of the answers whose text stood near.
        perhaps: names of those without text that a person must look at.
        missing: names of those without any text.
        written: names of those that are written where they belong.
    """

    cells: list[NotebookNode]
    found: tuple[str, ...]
    perhaps: tuple[str, ...]
    missing: tuple[str, ...]
    written: tuple[str, ...]


def place_answers(cells: list[NotebookNode], release: NotebookNode, gone: frozenset[str]) -> Answered:
    """Look for the text of every written answer that is as it was handed out.

    Args:
        cells: those of the release, with the student's work in them, and the student's own.
        release: the released notebook.
        gone: names of the given cells that the student's notebook does not have.
    """
    cells = list(cells)
    handed_out = {normalized(cell.source) for cell in release.cells}
    originals = {grade_id(cell): cell for cell in release.cells if grade_id(cell)}
    own = {i for i, c in enumerate(cells) if grade_id(c) is None and normalized(c.source) not in handed_out}
    empty: list[int] = []
    written: list[int] = []
    for i, cell in enumerate(cells):
        if is_written(cell):
            unchanged = not cell.source.strip() or same_text(cell.source, originals[grade_id(cell)].source)
            (empty if unchanged and not cell.get("attachments") else written).append(i)
    used: set[int] = set()
    found, perhaps, missing = [], [], []
    for i in empty:
        near = [k for k in _neighbours(i, cells, own) if k not in used]
        if near:
            cells[i] = _filled(cells[i], [cells[k] for k in near])
            used |= {k for k in near if cells[k].cell_type != "code"}
            found.append(i)
    first = min([*empty, *written], default=0)
    far = [
        k
        for k in sorted(own - used)
        if cells[k].cell_type != "code" and _words(cells[k].source) >= (FEWEST_WORDS if k > first else FEW_WORDS)
    ]
    for i in (i for i in empty if i not in found):
        number = _number_of_question(i, cells)
        sources = [k for k in far if k not in used]
        sources += [k for k in written if number and _speaks_of(number, cells[k].source)]
        sources += [
            k
            for k in sorted(own | {j for j, c in enumerate(cells) if _is_task(c)})
            if cells[k].cell_type == "code"
            and number
            and _names_question(number, cells[k].source)  # reading it as Python costs more
            and _names_question(number, _comments(cells[k].source))
        ]
        if grade_id(cells[i]) in gone and not sources:  # two cells that were merged into one leave one name
            sources = list(written)
        if sources:
            cells[i] = _pointing(cells[i], [cells[k] for k in sources])
            perhaps.append(i)
        else:
            missing.append(i)
    names = [str(grade_id(cell)) for cell in cells]
    left = [
        cell
        for k, cell in enumerate(cells)
        if k not in used and not (cell.metadata.get(ADDED) and _words(cell.source) < FEW_WORDS)
    ]
    for cell in left:
        cell.metadata.pop(ADDED, None)
    return Answered(left, *(tuple(names[i] for i in group) for group in (found, perhaps, missing, written)))


def is_written(cell: NotebookNode) -> bool:
    """Whether a person marks what the student writes into this given cell."""
    marks: Mapping[str, object] = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "markdown" and bool(marks.get("solution")) and bool(marks.get("grade"))


def _is_task(cell: NotebookNode) -> bool:
    return grade_id(cell) is not None and not locked(cell)


def _neighbours(index: int, cells: list[NotebookNode], own: set[int]) -> list[int]:
    """The student's own cells around an answer, up to the given cells before and after it."""
    before, after = index - 1, index + 1
    while before >= 0 and grade_id(cells[before]) is None:
        before -= 1
    while after < len(cells) and grade_id(cells[after]) is None:
        after += 1
    return [k for k in range(before + 1, after) if k in own]


def _filled(answer: NotebookNode, near: list[NotebookNode]) -> NotebookNode:
    """The answer's cell with the text and the pictures of the cells near it."""
    filled, texts, pictures = NotebookNode(answer), [], {}
    for number, cell in enumerate(near, start=1):
        text = cell.source
        for name, picture in cell.get("attachments", {}).items():
            renamed = f"{number}-{name}" if name in pictures else name
            text = text.replace(f"(attachment:{name})", f"(attachment:{renamed})")
            pictures[renamed] = picture
        texts.append(_as_text(cell, text))
    filled.source = "\n\n".join(texts)
    if pictures:
        filled.attachments = pictures
    return filled


def _pointing(answer: NotebookNode, sources: list[NotebookNode]) -> NotebookNode:
    """The answer's cell with what may belong to it, said to be so."""
    texts = ["*(The autograder: nothing is written here. A person will see whether this belongs here.)*"]
    for cell in sources:
        name = grade_id(cell)
        texts.append(f"*See the cell {name}.*" if name else _as_text(cell, cell.source[:MAX_QUOTED]))
    filled = NotebookNode(answer)
    filled.source = "\n\n".join(texts)
    return filled


def _as_text(cell: NotebookNode, text: str) -> str:
    if cell.cell_type != "code":
        return text
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def _comments(source: str) -> str:
    """The comments of a cell of code, and the texts between quotation marks that stand in it as statements."""
    code = read_code(source)
    if not code.readable:
        return source
    texts = [part.value.value for part in code.statements if _is_text(part)]  # type: ignore[attr-defined]
    return "\n".join([*_COMMENT.findall(source), *texts])


def _is_text(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)


def _number_of_question(index: int, cells: list[NotebookNode]) -> str | None:
    """The number in the heading of the given text above an answer."""
    for cell in reversed(cells[:index]):
        if cell.cell_type == "markdown" and locked(cell):
            heading = re.search(r"^#+.*?\b(\d{1,2})\b", cell.source, re.MULTILINE)
            return heading[1] if heading else None
    return None


def _names_question(number: str, text: str) -> bool:
    """Whether a text names the question: as `Question 3`, `Q3` or `answer 3`."""
    return re.search(rf"\b(?:question|q|answer|part|problem)\W{{0,3}}{number}\b", text, re.IGNORECASE) is not None


def _speaks_of(number: str, text: str) -> bool:
    """Whether a written text names the question, or has a list in which its number stands."""
    return (
        _names_question(number, text)
        or re.search(rf"^[^\w\n]{{0,9}}{number}[ \t]{{0,3}}[.):]", text, re.MULTILINE) is not None
    )
