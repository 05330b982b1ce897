"""What nbgrader's marks say about a cell of the released notebook."""

from nbformat import NotebookNode


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


def is_code_answer(cell: NotebookNode) -> bool:
    """Whether the student writes code into this given cell."""
    return cell.cell_type == "code" and grade_id(cell) is not None and not locked(cell)
