"""Says what was repaired in a notebook: one remark for each kind, with the number of cells."""

from collections.abc import Iterable

from nbformat import NotebookNode

from autograder.intake.answers import Answered
from autograder.intake.cells import Cell
from autograder.intake.marks import grade_id, is_code_answer, locked
from autograder.intake.match import Matching, same_text
from autograder.intake.order import Ordered
from coursekit.notebook_file import conflict_line

MAX_NAMED = 5  # cells or files that a remark names


def remarks_on(
    cells: list[Cell], release: NotebookNode, matching: Matching, answered: Answered, ordered: Ordered
) -> list[str]:
    """What the student and the person who marks should know."""
    missing = [cell for cell in release.cells if grade_id(cell) and grade_id(cell) not in matching.places]
    back = [
        str(grade_id(cell))
        for cell in missing
        if grade_id(cell) not in answered.found and not (is_code_answer(cell) and grade_id(cell) in ordered.replaced)
    ]
    changed, retyped, conflicts = [], [], []
    for given in release.cells:
        name = str(grade_id(given))
        if name not in matching.places:
            continue
        cell = cells[matching.places[name]]
        if conflict_line(cell.source):
            conflicts.append(name)
        elif locked(given) and not same_text(cell.source, given.source):
            changed.append(name)
        if not locked(given) and cell.kind != given.cell_type:
            retyped.append(name)
    found = [name for name in ordered.elsewhere if name not in ordered.moved]
    return [
        *_told(matching.guessed, "These had lost their marks, and were recognised by their text and place"),
        *_told(back, "These were missing, and put back as handed out"),
        *_told(changed, "These were not to be changed, and put back as handed out"),
        *_told(retyped, "These were of another type (code or text), and set to the type handed out"),
        *_told(conflicts, "These hold the marks of a merge conflict that Git left (<<<<<<<, >>>>>>>)"),
        *_told(answered.found, "These were empty, and hold now the text that stood beside them or in their question"),
        *_told(answered.perhaps, "These are empty, but text elsewhere may belong there, so a person will look"),
        *_told(found, "These were found in other cells than those handed out for them", "function"),
        *_told(
            ordered.moved,
            "These are defined only below the test that needs them, so they were copied up",
            "function",
        ),
    ]


def listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def _told(names: Iterable[str], what: str, noun: str = "cell") -> list[str]:
    names = list(names)
    return [f"{what} ({len(names)} {noun}{'' if len(names) == 1 else 's'}): {listed(names)}."] if names else []
