"""The leak test: nothing that only instructors may know stands in what students get.

In the flow course material -> submission -> trace -> verdict -> gradebook -> report it guards the first step.
What is secret is read from the source notebook (solutions, marking schemes, hidden tests) and from the hidden
checks; then every file of a release is searched for it, whatever nbgrader says about having removed it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

# Shorter pieces (brackets, `return {`, the head of a table) stand in any notebook and give nothing away.
# Counted in characters without white space.
MIN_CODE = 14
MIN_SENTENCE = 30
MIN_CHECK = 20

REGIONS = ("SOLUTION", "MARK SCHEME", "HIDDEN TESTS")
CELL_METADATA = {"deletable", "editable", "nbgrader"}
NBGRADER_METADATA = {
    "cell_type",
    "checksum",
    "grade",
    "grade_id",
    "locked",
    "points",
    "schema_version",
    "solution",
    "task",
}
NOTEBOOK_METADATA = {"kernelspec", "language_info"}


@dataclass(frozen=True)
class Secret:
    """A piece of text that must not reach a student.

    Attributes:
        text: the line or sentence, as written.
        origin: where it stands, for people: "the solution of the cell `train_step`".
    """

    text: str
    origin: str


def find_secrets(source: NotebookNode, checks: Sequence[Path], public: Sequence[Path], stub: str = "") -> list[Secret]:
    """The secret lines and sentences of an assignment.

    Args:
        source: the instructor's notebook.
        checks: folders and files of the hidden checks; every line of their Python files is secret ...
        public: ... unless it stands in a Python file of these, which students get anyway.
        stub: what students get in the place of a solution, which may hold one of its lines, as an abstract method does.
    """
    secrets, left = [], {squeeze(line) for line in stub.splitlines()}
    for cell in source.cells:
        for kind, text in _secret_regions(cell):
            origin = f"the {kind} of the cell `{name_of(cell)}`"
            is_code = cell.cell_type == "code"
            pieces = text.splitlines() if is_code else _sentences(text)
            enough = MIN_CODE if is_code else MIN_SENTENCE
            pieces = [piece.strip() for piece in pieces if len(squeeze(piece)) >= enough and squeeze(piece) not in left]
            secrets += [Secret(piece, origin) for piece in pieces]
    known = {squeeze(line) for path in _python_files(public) for line in _lines_of(path)}
    for path in _python_files(checks):
        for line in _lines_of(path):
            is_import = line.lstrip().startswith(("import ", "from "))
            if not is_import and len(squeeze(line)) >= MIN_CHECK and squeeze(line) not in known:
                secrets.append(Secret(line.strip(), f"the hidden checks ({path.name})"))
    return secrets


def find_leaks(folder: Path, secrets: list[Secret]) -> list[str]:
    """One sentence for each secret, output or stray piece of metadata in the files of `folder`."""
    squeezed = [(secret, squeeze(secret.text)) for secret in secrets]
    leaks = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            leaks += [f"{file}: {problem}" for problem in _find_leftovers(notebook)]
            texts = [(f"the cell `{name_of(cell)}`", cell.source) for cell in notebook.cells]
        else:
            texts = [("the file", path.read_text(encoding="utf-8", errors="replace"))]
        for place, text in texts:
            haystack = squeeze(text)
            leaks += [
                f"{file}: {place} holds “{_beginning(secret.text)}” from {secret.origin}"
                for secret, needle in squeezed
                if needle in haystack
            ]
    return leaks


def name_of(cell: NotebookNode) -> str:
    """What to call a cell: its grade id, or else its cell id."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "without id")


def squeeze(text: str) -> str:
    """`text` without white space and in lower case, so that a new line break or indent hides nothing."""
    return re.sub(r"\s+", "", text).lower()


def _secret_regions(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    """(kind, text) of the regions between nbgrader's delimiters, and of a cell that is all solution."""
    found = False
    for kind in REGIONS:
        for match in re.finditer(rf"BEGIN {kind}[^\n]*\n(.*?)[^\n]*END {kind}", cell.source, re.DOTALL):
            found = found or kind == "SOLUTION"
            yield kind.lower(), match[1]
    is_solution = cell.metadata.get("nbgrader", {}).get("solution", False)
    if is_solution and not found and squeeze(cell.source) != "youranswerhere":
        yield "answer", cell.source


def _find_leftovers(notebook: NotebookNode) -> Iterator[str]:
    """What a notebook must not carry besides text: outputs, attachments, and metadata that nobody needs."""
    for key in sorted(notebook.metadata.keys() - NOTEBOOK_METADATA):
        yield f"the notebook has the metadata `{key}`"
    for cell in notebook.cells:
        place = f"the cell `{name_of(cell)}`"
        if cell.get("outputs"):
            yield f"{place} has an output"
        if cell.get("execution_count") is not None:
            yield f"{place} has an execution count"
        if cell.get("attachments"):
            yield f"{place} has an attachment"
        for key in sorted(cell.metadata.keys() - CELL_METADATA):
            yield f"{place} has the metadata `{key}`"
        for key in sorted(cell.metadata.get("nbgrader", {}).keys() - NBGRADER_METADATA):
            yield f"{place} has the metadata `nbgrader.{key}`"
        for kind in REGIONS:
            if f"BEGIN {kind}" in cell.source or f"END {kind}" in cell.source:
                yield f"{place} has a `{kind}` delimiter"


def _sentences(text: str) -> list[str]:
    return [piece for line in text.splitlines() for piece in re.split(r"(?<=[.?!])\s+(?=[A-Z$*])", line)]


def _python_files(places: Sequence[Path]) -> list[Path]:
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*"))]
    return sorted(path for path in files if path.suffix == ".py")


def _lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _beginning(text: str) -> str:
    return text if len(text) <= 40 else text[:40].rstrip() + " ..."
