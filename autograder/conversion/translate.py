"""Turns the statements of a test cell into steps of a plan and looks of a check.

In the conversion this carries out the cell in thought: calls of students' functions become `ask.call`, their results
get names, and what is plain Python stays as it is. A statement that does neither is left to the author.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from autograder.conversion.asserts import ASSERTING, as_claim, read_claim
from autograder.conversion.draft import Draft, Left, Line, Look, names_in
from autograder.conversion.expressions import Expressions
from autograder.conversion.names import Untranslatable
from autograder.conversion.read import Answers, Statement, TestCell

MAX_TURNS = 20  # of a loop that is written out
RAISING = {"pytest.raises", "nose.tools.assert_raises", "unittest.TestCase.assertRaises"}
UNKNOWN = "a program cannot tell what it asks for"
LOOP = "it is a loop over what is not written out"


def translate(test: TestCell, answers: Answers) -> Draft:
    """The draft of a test cell."""
    draft = Draft(test.name, test.points)
    if test.problem:
        draft.left.append(Left(test.name, "", test.problem))
    translator = _Translator(draft, answers)
    for statement in test.statements:
        translator.take(statement)
    return draft


class _Translator:
    """One test cell on its way."""

    def __init__(self, draft: Draft, answers: Answers) -> None:
        self.draft = draft
        self.said = Expressions(draft, answers)
        self.hidden = False

    def take(self, statement: Statement) -> None:
        """One statement, wholly or not at all."""
        self.hidden = statement.hidden
        lines, looks = len(self.draft.lines), len(self.draft.looks)
        try:
            self._statement(statement.node)
        except Untranslatable as problem:
            del self.draft.lines[lines:], self.draft.looks[looks:]
            self.said.lose(statement.node)
            self.draft.left.append(Left(self.draft.cell, statement.source, str(problem), statement.hidden))

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self.said.add_import(node)
            case ast.Pass() | ast.Expr(ast.Call(ast.Name("print" | "display"))):
                pass
            case ast.Expr(ast.Call() as call):
                self._do(call)
            case ast.Expr():
                pass  # it is shown below the cell
            case ast.AugAssign(ast.Name(name) as target, op, value):
                self.said.assign(target, ast.BinOp(ast.Name(name, ast.Load()), op, value))
            case ast.AnnAssign(ast.Name() as target, _, ast.expr() as value):
                self.said.assign(target, value)
            case ast.Assert(test, message):
                said = message.value if isinstance(message, ast.Constant) else ""
                self._claims(test, said if isinstance(said, str) else "")
            case ast.Assign(targets=[target]):
                self.said.assign(target, node.value)
            case ast.For(orelse=[]):
                for target, value in self._turns(node):
                    self.said.assign(target, value)
                    for inner in node.body:
                        self._statement(inner)
            case ast.With(items=[ast.withitem(ast.Call(args=[errors]) as around)], body=[ast.Expr(ast.Call() as call)]):
                if self.said.called(around.func) not in RAISING:
                    raise Untranslatable(UNKNOWN)
                self._raises(call, errors)
            case ast.With(items=[ast.withitem(ast.Call(func=func))]) if self.said.called(func) == "torch.no_grad":
                for inner in node.body:  # what comes back has no graph anyway
                    self._statement(inner)
            case ast.Try(body=[ast.Expr(ast.Call() as call), *rest], handlers=[handler], finalbody=[]):
                if handler.type is None or not _fails([*rest, *node.orelse]) or any(map(_acts, handler.body)):
                    raise Untranslatable(UNKNOWN)
                self._raises(call, handler.type)
            case ast.FunctionDef():
                self.said.add_function(node)
            case _:
                raise Untranslatable(UNKNOWN)

    def _do(self, call: ast.Call) -> None:
        """A call by itself: one that asserts, a seed, a step of the student's, or something plain."""
        name = self.said.called(call.func)
        if name in ASSERTING:
            claim = as_claim(call, name)
            if claim is None:
                raise Untranslatable(UNKNOWN)
            self._claims(claim, _message(call))
        elif name in RAISING and len(call.args) > 1:
            self._raises(ast.Call(call.args[1], call.args[2:], call.keywords), call.args[0])
        elif not self.said.seeds(call):
            made = self.said.translate(call)
            if self.said.kind(made) == "mixed":
                raise Untranslatable("it changes or uses a result where the sandbox cannot")
            if self.said.kind(made) == "plain":
                self.draft.lines.append(Line(ast.unparse(made), frozenset(), names_in(made)))
            else:  # the call is there for what it does
                self.draft.lines[-1] = replace(self.draft.lines[-1], defines=frozenset())

    def _claims(self, test: ast.expr, hint: str) -> None:
        """Each part of a conjunction is a claim of its own."""
        parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
        for part in parts:
            self._claim(part, hint)

    def _claim(self, test: ast.expr, hint: str) -> None:
        told = ast.unparse(test)
        made = self.said.translate(test)
        if self.said.kind(made) == "plain":
            raise Untranslatable(
                "it is about nothing that a call returned (what a call has changed is told by `leaves_arguments_alone`)"
            )
        word = read_claim(made, self.said.kind, self.said.called)
        claim, got, values = self.said.split(made) if word is None else ("", (word.got,), word.values)
        self.draft.looks.append(
            Look(
                word=word.name if word else "",
                got=got,
                values=tuple(map(self.said.keep, values)),
                options=word.options if word else "",
                claim=claim,
                told=told,
                hint=hint,
                line=len(self.draft.lines),
                hidden=self.hidden,
                called=self.said.called_by_people(word.got) if word else "",
            )
        )

    def _raises(self, call: ast.expr, errors: ast.expr) -> None:
        types = errors.elts if isinstance(errors, ast.Tuple) else [errors]
        names = tuple(ast.Constant(one.id) for one in types if isinstance(one, ast.Name))
        if len(names) != len(types):
            raise Untranslatable("the type of the error has no plain name")
        got = self.said.translate(call)
        if self.said.kind(got) != "result":
            raise Untranslatable("what should raise is no call of a student's function")
        line = len(self.draft.lines)
        self.draft.looks.append(Look("raises", (got,), names, told=ast.unparse(call), line=line, hidden=self.hidden))

    def _turns(self, node: ast.For) -> Iterator[tuple[ast.expr, ast.expr]]:
        """The assignments that a loop over written values makes, one for each turn."""
        match self.said.written(node.iter):
            case ast.Call(ast.Name("range"), [ast.Constant(int() as times)], []):
                items: list[ast.expr] = [ast.Constant(number) for number in range(min(times, MAX_TURNS + 1))]
            case ast.Call(ast.Name("zip"), args, []):
                columns = [_items(self.said.written(one)) for one in args]
                items = [ast.Tuple([*row], ast.Load()) for row in zip(*columns, strict=False)]
            case other:
                items = _items(other)
        if len(items) > MAX_TURNS:
            raise Untranslatable(f"it is a loop with more than {MAX_TURNS} turns")
        yield from ((node.target, item) for item in items)


def _items(node: ast.expr) -> list[ast.expr]:
    if not isinstance(node, ast.List | ast.Tuple):
        raise Untranslatable(LOOP)
    return node.elts


def _message(call: ast.Call) -> str:
    for word in call.keywords:
        if word.arg in ("msg", "err_msg") and isinstance(word.value, ast.Constant):
            return str(word.value.value)
    return ""


def _acts(node: ast.stmt) -> bool:
    return not isinstance(node, ast.Pass) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _fails(nodes: list[ast.stmt]) -> bool:
    """Whether statements do nothing but fail: `raise AssertionError(...)` or `assert False`."""
    match nodes:
        case [ast.Raise()]:
            return True
        case [ast.Assert(ast.Constant(value))]:
            return not value
    return False
