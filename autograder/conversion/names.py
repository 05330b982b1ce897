"""The names of a test cell: modules, plain values, and results, which stand for steps of the plan.

In the conversion this says of an expression whether it is plain Python, a result of students' work, or a mixture.
"""

import ast
import builtins

from autograder.conversion.draft import Draft, names_in
from autograder.conversion.read import Answers

BUILTINS = frozenset(dir(builtins)) - {"open", "input", "eval", "exec", "compile", "__import__", "globals", "locals"}
MODULES = {"numpy", "torch", "math", "itertools", "functools", "collections", "fractions", "statistics", "string"}
WORDS = {"nose", "pytest", "unittest"}  # their words are read, and not kept
RANDOM = {"random", "secrets"}


class Untranslatable(Exception):
    """A statement is left to the author; says why, as a clause."""


class Names:
    """What the names of a test cell stand for."""

    def __init__(self, draft: Draft, answers: Answers) -> None:
        self.draft, self.answers = draft, answers
        self.modules = {"np": "numpy", "numpy": "numpy", "torch": "torch", "math": "math"}
        self.plain: set[str] = set()
        self.results: set[str] = set()
        self.objects: set[str] = set()  # results that are objects of a student's class
        self.values: dict[str, str] = {}  # results that are values which students have assigned
        self.stands_for: dict[str, ast.expr] = {}  # results and mixtures that the author has given a name
        self.literals: dict[str, ast.expr] = {}
        self.lost: set[str] = set()  # names that a statement that is left would have changed
        for node in answers.imports:
            self.add_import(node)

    def add_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """An import: kept where a plan may need it."""
        for one in node.names:
            root = one.name.partition(".")[0]
            if isinstance(node, ast.ImportFrom):
                self.modules[one.asname or one.name] = f"{node.module}.{one.name}"
            else:
                self.modules[one.asname or root] = one.name if one.asname else root
        roots = {one.name for one in node.names} if isinstance(node, ast.Import) else {node.module or ""}
        if {root.partition(".")[0] for root in roots} <= MODULES:
            self.draft.imports[ast.unparse(node)] = None

    @property
    def of_students(self) -> set[str]:
        """All names that students define."""
        return {*self.answers.functions, *self.answers.classes, *self.answers.values}

    def called(self, node: ast.expr) -> str:
        """The full name of a function, such as "numpy.allclose", as far as it is known."""
        match node:
            case ast.Attribute(value, attr):
                return f"{self.called(value)}.{attr}"
            case ast.Name(name) if name not in self.plain | self.results:
                return self.modules.get(name, name)
        return ""

    def called_by_people(self, node: ast.expr) -> str:
        """What people read for a result that is no call."""
        name = self.values.get(node.id, "") if isinstance(node, ast.Name) else ""
        return f"`{name}`" if name else ""

    def written(self, node: ast.expr) -> ast.expr:
        """What a name was assigned, where that is written out."""
        return self.literals.get(node.id, node) if isinstance(node, ast.Name) else node

    def kind(self, node: ast.expr) -> str:
        """ "result", "plain" or "mixed"."""
        inner = node
        while isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Constant):
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in self.results:
            return "result"
        return "mixed" if names_in(node) & self.results else "plain"

    def know(self, name: str, stands_for: ast.expr | None = None, literal: ast.expr | None = None) -> None:
        """A name is plain from now on, or stands for what is made of results."""
        self.forget({name})
        self.lost.discard(name)
        if stands_for is None:
            self.plain.add(name)
        else:
            self.stands_for[name] = stands_for
        if literal is not None:
            self.literals[name] = literal

    def forget(self, names: set[str]) -> None:
        """Names mean nothing any more."""
        self.plain -= names
        for name in names:
            self.stands_for.pop(name, None)
            self.literals.pop(name, None)

    def lose(self, node: ast.stmt) -> None:
        """Forget the names that a statement would have changed, since it is left; an assert changes none."""
        if isinstance(node, ast.Assert):
            return
        changed = bound_in(node)
        for one in ast.walk(node):
            inner = one.func if isinstance(one, ast.Call) else one
            while isinstance(inner, ast.Attribute | ast.Subscript):
                inner = inner.value
                if isinstance(inner, ast.Name) and inner.id in self.plain | set(self.stands_for):
                    changed.add(inner.id)
        self.forget(changed)
        self.lost |= changed

    def require_known(self, node: ast.AST) -> None:
        """Make sure that a plan knows every name.

        Raises:
            Untranslatable: it does not.
        """
        for name in sorted(names_in(node) - bound_in(node) - self.results - self.plain - BUILTINS - {"ask"}):
            root = self.modules.get(name, "").partition(".")[0]
            if name in self.lost:
                raise Untranslatable(f"`{name}` comes from a statement that is left")
            if root in WORDS:
                raise Untranslatable(f"`{name}` is a word of a test framework that is not known here")
            if root in RANDOM:
                raise Untranslatable("it draws random numbers that no seed fixes")
            if root not in MODULES:
                raise Untranslatable(f"`{name}` is known to the notebook alone")


def bound_in(node: ast.AST) -> set[str]:
    """The names that an assignment, a comprehension, a lambda or a function defines."""
    bound = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    bound |= {one.name for one in ast.walk(node) if isinstance(one, ast.FunctionDef)}
    return bound | {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
