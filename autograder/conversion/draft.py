"""What a test cell becomes: lines of a plan, and looks of a check.

In the conversion these records stand between the translation of a cell and the files that are written of it.
"""

import ast
from dataclasses import dataclass, field

OWN_SEEDS = ("torch.manual_seed(", "np.random.seed(", "numpy.random.seed(")  # only for what the plan itself draws


@dataclass(frozen=True)
class Line:
    """A line of a plan.

    Attributes:
        code: as it is written.
        defines, uses: names; a line that defines none is always kept.
    """

    code: str
    defines: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Look:
    """One thing that is expected.

    Attributes:
        word: of `expect`, or "" for a property that is stated in Python.
        got: the results that it is about, as expressions of the plan.
        values: what is compared with, as expressions of the plan.
        options: further arguments of the word, as they are written.
        claim: the property, in which `got_0`, ... stand for results and `value_0`, ... for values.
        told: the property as the author wrote it.
        hint: the message of the assert.
        line: how many lines of the plan stand before it.
        hidden: whether it is a hidden test.
        called: what people read for the result, where that is no call.
    """

    word: str
    got: tuple[ast.expr, ...]
    values: tuple[ast.expr, ...] = ()
    options: str = ""
    claim: str = ""
    told: str = ""
    hint: str = ""
    line: int = 0
    hidden: bool = False
    called: str = ""


@dataclass(frozen=True)
class Left:
    """What is left to the author: the statement, its cell, and why."""

    cell: str
    source: str
    why: str
    hidden: bool = False


@dataclass
class Draft:
    """A test cell on its way: lines, looks, what is left, and the names of students' work that it uses."""

    cell: str
    points: float
    lines: list[Line] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    used: dict[str, None] = field(default_factory=dict)
    imports: dict[str, None] = field(default_factory=dict)


def names_in(*nodes: ast.AST) -> frozenset[str]:
    """All names that stand in expressions or statements."""
    return frozenset(one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name))


def needed(lines: list[Line], looks: list[Look]) -> list[str]:
    """The lines that a plan needs for these looks, in their order."""
    wanted = set(names_in(*(node for look in looks for node in (*look.got, *look.values))))
    kept: list[str] = []
    last = max((look.line for look in looks), default=0)
    for line in reversed(lines[:last]):
        if not line.defines or line.defines & wanted:
            kept.append(line.code)
            wanted |= line.uses
    draws = any("rand" in code for code in kept)
    return [code for code in kept[::-1] if draws or not code.startswith(OWN_SEEDS)]
