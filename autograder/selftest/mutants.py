"""Mutants: wrong solutions derived from right ones by one small edit of the syntax tree each.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* they extend the matrix of
known solutions by mistakes that nobody thought of. Whether an edit changes anything at all is asked in
`autograder.selftest.behavior`; whether the checks notice, in `autograder.selftest.judge_solutions`.
"""

import ast
import copy
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.selftest.wrong_steps import LOSSES, Slip, is_conditional, slips

MODULES = ("encoder", "generator", "discriminator")
KEYS = ("discriminator", "generator", "autoencoder", "encoder")
LABELS = {"ones": "zeros", "ones_like": "zeros_like", "new_ones": "new_zeros"}
LABELS |= {value: key for key, value in LABELS.items()}
NOISE = {"randn": "rand", "randn_like": "rand_like", "standard_normal": "random"}
MEANS = {"mse_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "MSELoss", "BCELoss"}
# Calls whose arguments are sizes or where an exchange is no mistake that students make.
NO_EXCHANGE = {"getattr", "setattr", "isinstance", "range", "zip", "view", "reshape", "print"}
NO_EXCHANGE |= set(LABELS) | set(NOISE) | {"full", "full_like", "size", "empty", "split", "expand", "rand"}


@dataclass(frozen=True)
class Edit:
    """One edit: what was done, in which function and line of the right solution, and the code before and after."""

    operator: str
    function: str
    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Mutant:
    """A right solution after one edit."""

    edit: Edit
    source: str


def make_mutants(source: str) -> list[Mutant]:
    """All mutants of a solution, each different from the others, in the order of the source."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    keys = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in KEYS}
    conditional = is_conditional(tree)
    mutants = []
    for number, (node, function) in enumerate(_walk(tree)):
        changes = [Slip(operator, replacement, "") for operator, replacement in _replacements(node, function, keys)]
        for change in (*changes, *slips(node, function, conditional)):
            edited = _replace(tree, number, change.replacement) + change.helper
            if edited not in seen:
                seen.add(edited)
                line: int = node.lineno  # type: ignore[attr-defined]
                edit = Edit(change.operator, function, line, _code(node), _code(change.replacement))
                mutants.append(Mutant(edit, edited))
    return sorted(mutants, key=lambda mutant: mutant.edit.line)


def choose(mutants: Iterable[Mutant], number: int, seed: str) -> list[Mutant]:
    """At most `number` of the mutants, spread over the operators as evenly as they allow; equal seeds choose alike."""
    generator = random.Random(seed)
    by_operator: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_operator.setdefault(mutant.edit.operator, []).append(mutant)
    queues = list(by_operator.values())
    for queue in queues:
        generator.shuffle(queue)
    generator.shuffle(queues)
    chosen: list[Mutant] = []
    while len(chosen) < number and any(queues):
        chosen += [queue.pop() for queue in queues if queue]
    return chosen[:number]


def _walk(tree: ast.AST, function: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Every node with the name of the outermost function or class that it is in, in one fixed order."""
    for child in ast.iter_child_nodes(tree):
        is_scope = isinstance(child, ast.FunctionDef | ast.ClassDef)
        inside = function or (child.name if is_scope else "")  # type: ignore[attr-defined]
        yield child, inside
        yield from _walk(child, inside)


def _replace(tree: ast.Module, number: int, replacement: ast.AST) -> str:
    """The source of the tree with the node of that number in `_walk` replaced."""
    edited = copy.deepcopy(tree)
    target = next(node for position, (node, _) in enumerate(_walk(edited)) if position == number)

    class Replacer(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(replacement) if node is target else self.generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Replacer().visit(edited)))


def _code(node: ast.AST) -> str:
    """The code of an expression or of the first line of a statement; nothing for a dropped one."""
    return "" if isinstance(node, ast.Pass) else ast.unparse(node).split("\n")[0]


def _replacements(node: ast.AST, function: str, keys: Iterable[object]) -> Iterator[tuple[str, ast.AST]]:
    """What a node may be replaced with, each with the name of the operator; `keys` are those that the solution uses."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _dropped_statement(node.value)
    elif isinstance(node, ast.With) and all("no_grad" in ast.unparse(item) for item in node.items):
        yield "drop no_grad", ast.If(test=ast.Constant(True), body=node.body, orelse=[])
    elif isinstance(node, ast.Call):
        yield from _changed_call(node)
    elif isinstance(node, ast.Attribute):
        yield from _other_attribute(node)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _other_name(node, function)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield from _other_subscript(node, keys)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "flip a sign", node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "flip a sign", ast.BinOp(left=node.left, op=other, right=node.right)


def _name_of(function: ast.expr) -> str:
    """The last part of a called name: `F.mse_loss` is `mse_loss`."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _dropped_statement(call: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = _name_of(call.func)
    if isinstance(call.func, ast.Attribute) and name in ("zero_grad", "step", "backward"):
        yield f"drop {name}", ast.Pass()


def _changed_call(call: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    name = _name_of(call.func)
    plain = [argument for argument in call.args if not isinstance(argument, ast.Starred)]
    if isinstance(call.func, ast.Attribute) and name == "detach" and not call.args:
        yield "drop detach", call.func.value
    if name in ("full", "full_like") and len(plain) > 1:
        other = ast.BinOp(left=ast.Constant(1), op=ast.Sub(), right=plain[1])
        yield "swap labels", ast.Call(func=call.func, args=[plain[0], other, *plain[2:]], keywords=call.keywords)
    if len(plain) == len(call.args) == 2 and name not in NO_EXCHANGE:
        yield "swap arguments", ast.Call(func=call.func, args=plain[::-1], keywords=call.keywords)
    if name in MEANS:
        others = [keyword for keyword in call.keywords if keyword.arg != "reduction"]
        summed = ast.keyword(arg="reduction", value=ast.Constant("sum"))
        yield "sum for mean", ast.Call(func=call.func, args=call.args, keywords=[*others, summed])
    if name == "size" and len(plain) == 1 and isinstance(plain[0], ast.Constant) and plain[0].value == 0:
        yield "hard-code the batch size", ast.Constant(64)


def _other_attribute(node: ast.Attribute) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node.ctx, ast.Load):
        return

    def named(attribute: str) -> ast.Attribute:
        return ast.Attribute(value=node.value, attr=attribute, ctx=ast.Load())

    if node.attr in MODULES:
        for module in MODULES:
            yield "swap modules", named(module)
    if node.attr in LABELS:
        yield "swap labels", named(LABELS[node.attr])
    if node.attr in NOISE:
        yield "uniform noise", named(NOISE[node.attr])
    if node.attr == "mean":
        yield "sum for mean", named("sum")
    if node.attr == "latent_size":
        yield "hard-code the latent size", ast.Constant(64)


def _other_name(node: ast.Name, function: str) -> Iterator[tuple[str, ast.AST]]:
    if node.id in LOSSES and function == "train_step":
        for loss in LOSSES:
            yield "swap losses", ast.Name(id=loss, ctx=ast.Load())
    if node.id == "lr" and function == "configure_optimizers":
        yield "hard-code the learning rate", ast.Constant(0.0002)


def _other_subscript(node: ast.Subscript, keys: Iterable[object]) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node.slice, ast.Constant):
        return
    if node.slice.value in KEYS:
        for key in sorted(map(str, keys)):
            yield "swap keys", ast.Subscript(value=node.value, slice=ast.Constant(key), ctx=ast.Load())
    if node.slice.value == 0 and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        yield "hard-code the batch size", ast.Constant(64)
