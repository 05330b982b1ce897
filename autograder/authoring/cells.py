"""What can be wrong with the cells of an instructor's notebook, whatever the checks are.

The first step of the flow course material -> submission -> trace -> verdict -> gradebook -> report. nbgrader would say
none of this before students have the notebook, or would say it in the words of its own insides.
"""

from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import UsageError
from autograder.intake import grade_id, is_code_answer

SOLUTION, HIDDEN = "BEGIN SOLUTION", "BEGIN HIDDEN TESTS"


def require_sound(source: NotebookNode, path: Path) -> None:
    """Make sure that nothing of the notebook at `path` would be lost, or be taken for something else.

    Raises:
        UsageError: it would; says in which cell.
    """
    seen: dict[str, int] = {}
    for number, cell in enumerate(source.cells, start=1):
        name = grade_id(cell)
        if name is not None and name in seen:
            raise UsageError(f"{path}: cells {seen[name]} and {number} are both called {name!r}; rename one.")
        if name is not None:
            seen[name] = number
        called = f"{path}: cell {number}" + (f" ({name})" if name else "")
        if HIDDEN in cell.source:
            raise UsageError(
                f"{called} has hidden tests, which would be lost, since what is graded is the released notebook: "
                "write them as hidden checks."
            )
        if is_code_answer(cell) and SOLUTION not in cell.source:
            raise UsageError(
                f"{called} is a solution without a region, so students would get none of it: put what they must not "
                f"see between ### BEGIN SOLUTION and ### END SOLUTION."
            )
