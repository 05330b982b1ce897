"""What a cell of code defines, read from its text and never run.

Needed where a student's code does not stand in the cell that was handed out for it. A stub, a function as it was handed
out, must not replace it, and no test cell must run before it.
"""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MAX_PARSED = 50_000  # characters of one cell; its syntax tree may take 200 times as much

_PYTHON_BELOW = re.compile(r"%%(time|timeit|capture|prun)\b")
_MAGIC_LINE = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
_MAGIC_VALUE = re.compile(r"^([ \t]*[\w, ]+=)[ \t]*[%!].*$", re.MULTILINE)
_OPAQUE = re.compile(
    r"^[ \t]{0,40}from[ \t]+\S{1,200}[ \t]+import[ \t]+\*|^[ \t]{0,40}%(?:run|load)\b|\b(?:exec|globals)[ \t]{0,9}\(",
    re.MULTILINE,
)
DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
_KEPT = "as handed out; what another cell defines is kept"


@dataclass(frozen=True)
class Code:
    """What the text of a cell says.

    Attributes:
        source, lines: the text.
        statements: those at its top; none where it is no Python.
        readable: whether it is Python, but for IPython's own lines.
        defines: the names that it defines for other cells, stubs left out.
        opaque: whether it may define names that its text does not show.
    """

    source: str
    lines: tuple[str, ...]
    statements: tuple[ast.stmt, ...]
    readable: bool
    defines: frozenset[str]
    opaque: bool

    def may_define(self, name: str) -> bool:
        return self.opaque or name in self.defines or (not self.readable and mentions(self.source, name))


def read_code(source: str, stubs: Mapping[str, str] | None = None, most: int = MAX_PARSED) -> Code:
    """Read a cell of code.

    Args:
        source: its text.
        stubs: the texts of the functions as they were handed out, by name.
        most: characters up to which it is read as Python.
    """
    tree = _parse(source) if len(source) <= most else None
    statements, lines = tuple(tree.body) if tree else (), tuple(source.split("\n"))
    real = (part for part in statements if not _is_stub(lines, part, stubs or {}))
    defines = frozenset(name for part in real for name in bound(part))
    return Code(source, lines, statements, tree is not None, defines, bool(_OPAQUE.search(source)))


def mentions(text: str, name: str) -> bool:
    """Whether a text, of whatever kind, holds a definition of `name`."""
    name = re.escape(name)
    return (
        re.search(rf"\b(?:def|class)[ \t]+{name}\b|(?<![\w.]){name}[ \t]{{0,9}}(?::[^=\n]{{0,99}})?=(?!=)", text)
        is not None
    )


def bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a cell defines."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in names)
        case ast.Assign() | ast.AnnAssign(value=ast.expr()) | ast.AugAssign():
            for part in ast.walk(statement):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    yield part.id
        case ast.If() | ast.For() | ast.While() | ast.With() | ast.Try() | ast.ExceptHandler():
            for part in ast.iter_child_nodes(statement):
                if isinstance(part, (ast.stmt, ast.ExceptHandler)):
                    yield from bound(part)  # type: ignore[arg-type]


def used(node: ast.AST) -> set[str]:
    """The names that a piece of code reads and that are not its own."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    read = {part.id for part in names if isinstance(part.ctx, ast.Load)}
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return read
    parameters = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    return read - parameters - {part.id for part in names if isinstance(part.ctx, ast.Store)}


def text_of(lines: Sequence[str], statement: ast.stmt) -> str:
    """The lines of a statement, with its decorators."""
    first, last = _lines(statement)
    return "\n".join(lines[first:last])


def without_fence(source: str) -> str:
    """Code that stands between two lines of ``` in a text cell, which is all that is in it."""
    lines = source.strip().split("\n")
    fences = [number for number, line in enumerate(lines) if line.lstrip().startswith("```")]
    return "\n".join(lines[1:-1]) if fences == [0, len(lines) - 1] and len(lines) > 1 else source


def read_stubs(source: str) -> dict[str, str]:
    """The text of every function or class of a cell as it is handed out, by its name."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    code = read_code(source)
    return {part.name: text_of(code.lines, part) for part in code.statements if isinstance(part, kinds)}


def _is_stub(lines: Sequence[str], statement: ast.stmt, stubs: Mapping[str, str]) -> bool:
    """Whether a statement is a function as it was handed out: the same text, or nothing in it but the error."""
    name = getattr(statement, "name", None)
    if not isinstance(name, str) or name not in stubs:
        return False
    if _squeezed(text_of(lines, statement)) == _squeezed(stubs[name]):
        return True
    if not isinstance(statement, ast.FunctionDef) or statement.decorator_list:
        return False
    body = statement.body[1:] if ast.get_docstring(statement, clean=False) is not None else statement.body
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in used(body[0])


def guarded(code: Code, stubs: Mapping[str, str]) -> str:
    """The text of a cell, in which the stubs do not replace what other cells define."""
    lines = list(code.lines)
    for statement in reversed(code.statements):
        if _is_stub(code.lines, statement, stubs):
            first, last = _lines(statement)
            name = getattr(statement, "name", "")
            lines[first:last] = [f'if "{name}" not in globals():  # {_KEPT}', *(f"    {x}" for x in lines[first:last])]
    return "\n".join(lines)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """The lines of a statement, with its decorators, as a range from 0."""
    starts = [statement.lineno, *(decorator.lineno for decorator in getattr(statement, "decorator_list", []))]
    return min(starts) - 1, statement.end_lineno or statement.lineno


def _parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, with IPython's own lines blanked out; None where it is no Python."""
    for text in (source, _plain_python(source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _plain_python(source: str) -> str:
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        if not _PYTHON_BELOW.match(first):
            return "?"  # another language, or a file that is written: no Python of this notebook
        source = "\n" * (source.count("\n") - rest.count("\n")) + rest
    return _MAGIC_VALUE.sub(r"\1 None", _MAGIC_LINE.sub(r"\1pass", source))


def _squeezed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())
