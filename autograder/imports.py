"""What some code imports from some packages, read from its text: nothing is executed.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this says which modules of a
course a notebook needs, so that its kit holds those and no others, and which files decide a grade, so that a change of
any other grades nothing anew. Imports that are written as statements are found, wherever they stand, and what a plan
takes out of a module, as `given("package.module:name")`.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import UsageError

GIVEN = "given"  # the word of plans for something of a module
_CALLS_GIVEN = re.compile(rf"\b{GIVEN}\s*\(")
_LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}


def needed_files(packages: Sequence[Path], sources: Iterable[str], start: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The files of `packages` that the sources need, sorted: modules, and the other files beside them.

    Args:
        packages: folders of packages, and modules.
        sources: texts of Python.
        start: files of the packages that are needed anyway.

    Raises:
        UsageError: a file is no Python.
    """
    tops = {path.stem: path for path in packages}
    found: set[Path] = set()
    names = set(imported_names(sources))
    waiting = [path for name in names for path in _files_of(name, tops)]
    waiting += start
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".py":
            more = set(_imported(*_read(path), _package_of(path, tops))) - names
            waiting += [file for name in more for file in _files_of(name, tops)]
            names |= more
            if path.name == "__init__.py":
                waiting += _beside(path.parent)
    return tuple(sorted(found))


def imported_names(sources: Iterable[str]) -> tuple[str, ...]:
    """The names of all modules that the sources may mean, sorted."""
    return tuple(sorted({name for source in sources for name in _imported_by(source)}))


def code_of(notebook: NotebookNode) -> list[str]:
    """The code cells of a notebook, without magics."""
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return ["\n".join(line for line in cell.splitlines() if not line.lstrip().startswith(("%", "!"))) for cell in cells]


def _imported_by(source: str) -> Iterator[str]:
    """The names of modules that a text may mean; none if it is no Python."""
    try:
        yield from _imported(source, ast.parse(source))
    except (SyntaxError, ValueError):
        return


def _imported(source: str, tree: ast.Module, package: str = "") -> Iterator[str]:
    """The names of modules that may be meant; of `from a import b` both `a` and `a.b`."""
    # Expressions are most of a tree, and import nothing.
    for node in ast.walk(tree) if _CALLS_GIVEN.search(source) else _statements(tree.body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) == GIVEN and node.args:
            place = node.args[0]
            if isinstance(place, ast.Constant) and isinstance(place.value, str):
                yield place.value.partition(":")[0]


def _statements(block: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The statements of a block and of all blocks inside of it."""
    for node in block:
        yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from _statements(getattr(node, field, ()))


def _name(function: ast.expr) -> str:
    """Of what is called: the last part of its name."""
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _files_of(name: str, tops: Mapping[str, Path]) -> Iterator[Path]:
    """The module of that name and the packages that it is in; nothing for names of other packages."""
    first, *rest = name.split(".")
    place = tops.get(first)
    if place is None:
        return
    if place.is_file():
        yield place
        return
    for part in ["", *rest]:
        place = place / part if part else place
        if (place / "__init__.py").is_file():
            yield place / "__init__.py"
        elif place.with_suffix(".py").is_file():
            yield place.with_suffix(".py")
            return
        elif not place.is_dir():  # a folder without `__init__.py`, such as a course's checks, is a package, too
            return


def _package_of(path: Path, tops: Mapping[str, Path]) -> str:
    for name, top in tops.items():
        if path.is_relative_to(top):
            return ".".join([name, *path.parent.relative_to(top).parts]) if top.is_dir() else ""
    return ""


def _beside(folder: Path) -> Iterator[Path]:
    """The files of a package that are no modules, also in its folders that are no packages."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in _LEFT_OUT and not (path / "__init__.py").exists():
            yield from _beside(path)
        elif path.is_file() and path.suffix not in (".py", ".pyc") and not path.name.startswith("."):
            yield path


def _read(path: Path) -> tuple[str, ast.Module]:
    try:
        text = path.read_text(encoding="utf-8")
        return text, ast.parse(text)
    except (SyntaxError, ValueError, OSError) as error:
        raise UsageError(f"{path} is no valid Python ({error}).") from None
