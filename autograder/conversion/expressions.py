"""Expressions of a test cell as a plan says them: calls of students' work become steps.

In the conversion this fills a draft with lines, while `names` knows what a name stands for.
"""

import ast
from copy import deepcopy

from autograder.conversion.draft import Line, names_in
from autograder.conversion.names import Names, Untranslatable

SEEDS = {"torch.manual_seed", "numpy.random.seed"}
DRAWN = {  # what a plan draws in the place of random numbers that no seed fixes
    "torch.randn": "ask.randn({})",
    "torch.rand": "ask.rand({})",
    "numpy.random.randn": "ask.randn({}).double().numpy()",
    "numpy.random.rand": "ask.rand({}).double().numpy()",
}
PLACE_OF_COPY = "copy:copy"  # asked of the sandbox to get a value that a student has assigned
OWN_WORDS = {"seconds", "times", "keep", "weights"}  # arguments that `ask.call` and `ask.module` keep for themselves


class Expressions(Names):
    """The expressions of one test cell, in their order."""

    seeded = False
    kept = 0

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """A name gets a value: a line of the plan, or another name of a result."""
        made = self.translate(value)
        kind = self.kind(made)
        if kind == "plain":
            self._assign_plain(target, made)
        elif isinstance(target, ast.Name):
            self.know(target.id, stands_for=made)
        elif isinstance(target, ast.Tuple) and kind == "result":
            for number, one in enumerate(target.elts):
                self.assign(one, ast.Subscript(made, ast.Constant(number), ast.Load()))
        else:
            raise Untranslatable("it assigns a result to something that has no name")

    def _assign_plain(self, target: ast.expr, made: ast.expr) -> None:
        code = f"{ast.unparse(target)} = {ast.unparse(made)}"
        if not isinstance(target, ast.Name | ast.Tuple | ast.List):  # it changes a value that is there
            self.require_known(target)
            self.draft.lines.append(Line(code, frozenset(), names_in(target, made)))
            return
        names = names_in(target)
        if names & self.of_students:
            raise Untranslatable("it replaces something that students define")
        self.draft.lines.append(Line(code, names, names_in(made)))
        for name in names:
            is_literal = isinstance(target, ast.Name) and isinstance(made, ast.List | ast.Tuple)
            self.know(name, literal=made if is_literal else None)

    def add_function(self, node: ast.FunctionDef) -> None:
        """A function of the test cell's own, which knows nothing of students' work."""
        if (names_in(node) | {node.name}) & (self.of_students | set(self.stands_for)):
            raise Untranslatable("a function of the test cell uses what students define")
        self.require_known(node)
        self.draft.lines.append(Line(ast.unparse(node), frozenset({node.name}), names_in(node)))
        self.know(node.name)

    def seeds(self, node: ast.Call) -> bool:
        """Whether it seeds random numbers; then both sides are seeded."""
        if self.called(node.func) not in SEEDS or len(node.args) != 1:
            return False
        self.require_known(node.args[0])
        self.draft.lines += [Line(f"ask.seed({ast.unparse(node.args[0])})"), Line(ast.unparse(node))]
        self.seeded = True
        return True

    def translate(self, node: ast.expr) -> ast.expr:
        """The expression with names of results in the place of calls of students' work.

        Raises:
            Untranslatable: it cannot be said in a plan.
        """
        made: ast.expr = _Calls(self).visit(deepcopy(node))
        self.require_known(made)
        return made

    def ask(self, code: str, uses: frozenset[str], acts: bool = False) -> ast.Name:
        """A step of the plan; returns the name of its result. A step that acts on something is always kept."""
        name = f"result_{len(self.results) + 1}"
        self.results.add(name)
        self.draft.lines.append(Line(f"{name} = {code}", frozenset() if acts else frozenset({name}), uses))
        return ast.Name(name, ast.Load())

    def keep(self, value: ast.expr) -> ast.expr:
        """What a value is at this place of the plan: its names may mean something else later."""
        if not names_in(value) & self.plain:
            return value
        self.kept += 1
        name = f"right_{self.kept}"
        self.draft.lines.append(Line(f"{name} = {ast.unparse(value)}", frozenset({name}), names_in(value)))
        return ast.Name(name, ast.Load())

    def split(self, node: ast.expr) -> tuple[str, tuple[ast.expr, ...], tuple[ast.expr, ...]]:
        """A claim over results as text, in which they and plain values have names of their own; and both."""
        names = sorted(names_in(node))
        results = [name for name in names if name in self.results]
        values = [name for name in names if name in self.plain]
        renamed = {name: f"got_{number}.value" for number, name in enumerate(results)}
        renamed |= {name: f"value_{number}" for number, name in enumerate(values)}
        claim = ast.unparse(_Renamed(renamed).visit(deepcopy(node)))
        got, plain = (tuple(ast.Name(name, ast.Load()) for name in some) for some in (results, values))
        return claim, got, plain


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(self.names.get(node.id, node.id), mode="eval").body


class _Calls(ast.NodeTransformer):
    """Puts names of results in the place of calls, from the inside out."""

    def __init__(self, around: Expressions) -> None:
        self.around = around

    def visit_Name(self, node: ast.Name) -> ast.expr:
        around, name = self.around, node.id
        if name in around.stands_for:
            return deepcopy(around.stands_for[name])
        if name in around.plain or not isinstance(node.ctx, ast.Load) or name not in around.answers.values:
            return node
        around.draft.used[name] = None
        made = around.ask(f"ask.call(given({PLACE_OF_COPY!r}), student({name!r}))", frozenset())
        around.values[made.id] = name
        return made

    def visit_Call(self, node: ast.Call) -> ast.expr:
        around = self.around
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        function = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        name = function.id if isinstance(function, ast.Name) and not method else ""
        if name in {*around.answers.functions, *around.answers.classes} - around.plain:
            arguments = self._arguments(node)
            around.draft.used[name] = None
            if name not in around.answers.classes:
                return around.ask(f"ask.call({name!r}{arguments})", names_in(node))
            made = around.ask(f"ask.module({name!r}{arguments})", names_in(node))
            around.objects.add(made.id)
            return made
        of = self.visit(function)
        if isinstance(of, ast.Name) and of.id in around.objects:
            arguments = self._arguments(node)
            part = f".part({method!r})" if method else ""
            return around.ask(f"ask.call({of.id}{part}{arguments})", names_in(node) | {of.id}, acts=True)
        whole = around.called(node.func)
        if whole in DRAWN and not around.seeded and not node.keywords:
            self.generic_visit(node)
            return ast.parse(DRAWN[whole].format(", ".join(map(ast.unparse, node.args))), mode="eval").body
        if (".random." in whole or whole.startswith("torch.rand")) and not around.seeded:
            raise Untranslatable("it draws random numbers that no seed fixes")
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        made = self.visit(node.value)
        if isinstance(made, ast.Name) and made.id in self.around.objects:
            raise Untranslatable(f"it looks at the attribute `{node.attr}` of a student's object")
        return ast.Attribute(made, node.attr, node.ctx)

    def visit_scope(self, node: ast.expr) -> ast.expr:
        """What has names of its own may hold no call of students' work: each turn would be another call."""
        if names_in(node) & (self.around.of_students | self.around.objects):
            raise Untranslatable("it calls what students define in a comprehension or a lambda")
        return self.generic_visit(node)  # type: ignore[return-value]

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda = visit_scope

    def _arguments(self, node: ast.Call) -> str:
        """The arguments of a step, as they are written behind what is called."""
        node.args = [self.visit(one) for one in node.args]
        for word in node.keywords:
            word.value = self.visit(word.value)
        if any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords):
            raise Untranslatable("its arguments are unpacked")
        if any(word.arg in OWN_WORDS for word in node.keywords):
            raise Untranslatable("an argument has a name that `ask.call` keeps for itself")
        for one in (*node.args, *(word.value for word in node.keywords)):
            self.around.require_known(one)
            if self.around.kind(one) == "mixed":
                raise Untranslatable("it computes with a result before it gives it to another function")
        told = [*map(ast.unparse, node.args), *(f"{one.arg}={ast.unparse(one.value)}" for one in node.keywords)]
        return "".join(f", {one}" for one in told)
