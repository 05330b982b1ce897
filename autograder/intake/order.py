"""Brings the student's code into an order in which it can be checked, wherever in the notebook it stands.

A stub that is still there, or was put back, never replaces what another cell defines. What is defined only below the
test cell that needs it is copied to above it. Where code of a task seems to be there but cannot be found, the check
does not decide: a person does.
"""

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.intake.code import (
    DEFINING,
    MAX_PARSED,
    Code,
    bound,
    guarded,
    mentions,
    read_code,
    read_stubs,
    text_of,
    used,
)
from autograder.intake.marks import grade_id, graded_by_checks, is_code_answer, locked
from coursekit.notebook_file import conflict_line

MOVED = "# Copied to here by the autograder: it is defined only below the cell that needs it."
MAX_ANALYSED = 400_000  # characters of all code of a notebook; a long homework has some 50,000


@dataclass(frozen=True)
class Ordered:
    """The cells in an order in which they can be run.

    Attributes:
        cells: all of them.
        elsewhere: names of functions that a task asks for and that stand in another cell than the one handed out.
        moved: those that were defined too late.
        replaced: names of the given cells of which all functions stand elsewhere.
        written: names of the functions that a task asks for and that the student defines.
        doubts: why a check is not to decide on a failure, by the name of its cell.
    """

    cells: list[NotebookNode]
    elsewhere: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    written: frozenset[str] = frozenset()
    doubts: Mapping[str, str] = field(default_factory=dict)


def order_code(cells: list[NotebookNode], release: NotebookNode, other_texts: Mapping[str, str]) -> Ordered:
    """Order the code of a notebook into which the student's cells were put.

    Args:
        cells: those of the release, with the student's work in them, and the student's own.
        release: the released notebook.
        other_texts: what else was handed in and may hold code, by a name that people know it by.
    """
    tasks = {str(grade_id(cell)): read_stubs(cell.source) for cell in release.cells if is_code_answer(cell)}
    homes = {name: home for home, functions in tasks.items() for name in functions}
    stubs = {name: text for functions in tasks.values() for name, text in functions.items()}
    codes, room = dict[int, Code](), MAX_ANALYSED
    for i, cell in enumerate(cells):
        if cell.cell_type == "code":
            codes[i] = read_code(cell.source, stubs, min(room, MAX_PARSED))
            room -= len(cell.source) if codes[i].readable else 0
    theirs = {i: code for i, code in codes.items() if not locked(cells[i])}
    kept = {name: stubs[name] for name in stubs if any(code.may_define(name) for code in theirs.values())}
    arranged: list[NotebookNode] = []
    moved: dict[str, None] = {}
    doubts: dict[str, str] = {}
    for index, cell in enumerate(cells):
        if index in theirs and kept:
            cell = NotebookNode(cell | {"source": guarded(theirs[index], kept)})
        if index in codes and index not in theirs:
            needed = {name for part in codes[index].statements for name in used(part)} & stubs.keys()
            there = {name for i, code in theirs.items() if i < index for name in code.defines} | moved.keys()
            late = {n for n in needed - there if any(n in code.defines for code in theirs.values())}
            if late:
                source = _collect(late, index, codes, theirs)
                arranged.append(new_code_cell(f"{MOVED}\n{source}", id=f"moved-{index + 1}"))
                moved |= dict.fromkeys(sorted(late))
            if graded_by_checks(cell) and (reason := _doubt(needed, moved, homes, cells, theirs, other_texts)):
                doubts[str(grade_id(cell))] = reason
        arranged.append(cell)
    written = frozenset(name for code in theirs.values() for name in code.defines & stubs.keys())
    elsewhere = [
        name
        for name, home in homes.items()
        if name in written and not any(name in code.defines for i, code in theirs.items() if grade_id(cells[i]) == home)
    ]
    replaced = tuple(home for home, functions in tasks.items() if functions and functions.keys() <= set(elsewhere))
    return Ordered(arranged, tuple(elsewhere), tuple(moved), replaced, written, doubts)


def _collect(names: set[str], index: int, codes: Mapping[int, Code], theirs: Mapping[int, Code]) -> str:
    """The student's statements below cell `index` that define `names`, and those that these need, in their order."""
    known = set(dir(builtins)) | {name for i, code in codes.items() if i < index for name in code.defines}
    below = [(code.lines, part) for i, code in sorted(theirs.items()) if i > index for part in code.statements]
    below = [(lines, part) for lines, part in below if isinstance(part, DEFINING)]
    chosen: set[int] = set()
    wanted, found = set(names), set[str]()
    while wanted:
        name = wanted.pop()
        found.add(name)
        for place, (_, part) in enumerate(below):
            if name in bound(part):
                chosen.add(place)
                wanted |= used(part) - known - found
    return "\n\n".join(text_of(*below[place]) for place in sorted(chosen))


def _doubt(
    needed: set[str],
    moved: Mapping[str, None],
    homes: Mapping[str, str],
    cells: list[NotebookNode],
    theirs: Mapping[int, Code],
    other_texts: Mapping[str, str],
) -> str | None:
    """Why a failure of a check that needs these functions would say little about the student's work; or None."""
    for name in sorted(needed):
        for code in theirs.values():
            if mentions(code.source, name) and conflict_line(code.source):
                return f"The cell with {name} holds the marks of a merge conflict that Git left."
        if name in moved:
            return f"{name} is defined only below the cell that needs it, and was copied to above it."
        if any(name in code.defines for code in theirs.values()):
            continue
        for where in _may_be(name, homes[name], cells, theirs, other_texts):
            return f"{name} is not defined in its cell, but may be in {where}."
    return None


def _may_be(
    name: str, home: str, cells: list[NotebookNode], theirs: Mapping[int, Code], other_texts: Mapping[str, str]
) -> Iterator[str]:
    for i, code in theirs.items():
        if grade_id(cells[i]) != home and code.may_define(name):
            yield "a cell that cannot be read as Python" if not code.readable else "what another cell imports or runs"
    for cell in cells:
        if cell.cell_type != "code" and not locked(cell) and mentions(cell.source, name):
            yield "a text cell"
    yield from (where for where, text in other_texts.items() if mentions(text, name))
