"""Takes an nbgrader notebook apart: what students write, and the statements of its test cells.

In the conversion this is the door: untyped cells come in, records go out.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import UsageError

HIDDEN = re.compile(r"^\s*### BEGIN HIDDEN TESTS.*?^\s*### END HIDDEN TESTS[^\n]*$", re.MULTILINE | re.DOTALL)
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
REGION = "### BEGIN SOLUTION\n{}\n### END SOLUTION"


@dataclass(frozen=True)
class Statement:
    """One statement of a test cell, and whether it stands between the marks of hidden tests."""

    node: ast.stmt
    hidden: bool
    source: str


@dataclass(frozen=True)
class TestCell:
    """A cell of tests that gives points.

    Attributes:
        name: its grade id.
        points: of it.
        statements: of it; empty where it is no Python.
        problem: why it is none.
    """

    name: str
    points: float
    statements: tuple[Statement, ...]
    problem: str = ""


@dataclass(frozen=True)
class Answers:
    """What students define in their cells.

    Attributes:
        functions, classes, values: by name, in the order of the notebook.
        imports: of the other cells.
        source: of all cells that are no tests, as one module.
    """

    functions: tuple[str, ...]
    classes: tuple[str, ...]
    values: tuple[str, ...]
    source: str
    imports: tuple[ast.Import | ast.ImportFrom, ...] = ()


def read_notebook(path: Path) -> NotebookNode:
    """An nbgrader notebook.

    Raises:
        UsageError: it cannot be read, or nbgrader does not know any of its cells.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    except Exception as error:  # nbformat has no one kind of error for what is not a notebook
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise UsageError(f"{path} is not a notebook that can be read ({reason[:100]}).") from None
    if not any(is_test(cell) for cell in notebook.cells):
        raise UsageError(f"{path} has no test cell of nbgrader, so there is nothing to convert.")
    return notebook


def marks(cell: NotebookNode) -> dict[str, object]:
    """nbgrader's marks of a cell, if it has any."""
    return dict(cell.metadata.get("nbgrader", {}))


def is_test(cell: NotebookNode) -> bool:
    """Whether the cell holds tests that give points."""
    return cell.cell_type == "code" and bool(marks(cell).get("grade")) and not marks(cell).get("solution")


def is_code_answer(cell: NotebookNode) -> bool:
    """Whether students write code there."""
    return cell.cell_type == "code" and bool(marks(cell).get("solution"))


def read_tests(cell: NotebookNode) -> TestCell:
    """The statements of a test cell."""
    name, points = str(marks(cell)["grade_id"]), float(cell.metadata.nbgrader.get("points") or 0)
    source = MAGIC.sub("", cell.source)
    hidden = [
        range(source.count("\n", 0, found.start()) + 1, source.count("\n", 0, found.end()) + 2)
        for found in HIDDEN.finditer(source)
    ]
    try:
        nodes = ast.parse(source).body
    except SyntaxError as error:
        return TestCell(name, points, (), f"is no Python that can be read ({error.msg}, line {error.lineno})")
    return TestCell(
        name,
        points,
        tuple(
            Statement(node, any(node.lineno in lines for lines in hidden), ast.get_source_segment(source, node) or "")
            for node in nodes
        ),
    )


def read_answers(notebook: NotebookNode) -> Answers:
    """What students define, by the instructor's solutions, and the module that these make."""
    functions: dict[str, None] = {}
    classes: dict[str, None] = {}
    values: dict[str, None] = {}
    parts, imports = [], []
    for cell in notebook.cells:
        if cell.cell_type != "code" or is_test(cell):
            continue
        source = MAGIC.sub("", cell.source)
        try:
            nodes = ast.parse(source).body
        except SyntaxError:
            continue
        parts.append(re.sub(r"^\s*### (BEGIN|END) SOLUTION[^\n]*\n?", "", source, flags=re.MULTILINE).strip("\n"))
        imports += [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in nodes if is_code_answer(cell) else ():
            if isinstance(node, ast.FunctionDef):
                functions[node.name] = None
            elif isinstance(node, ast.ClassDef):
                classes[node.name] = None
            elif isinstance(node, ast.Assign):
                values |= {target.id: None for target in node.targets if isinstance(target, ast.Name)}
    whole = "\n\n\n".join(part for part in parts if part) + "\n"
    return Answers(tuple(functions), tuple(classes), tuple(values), whole, tuple(imports))
