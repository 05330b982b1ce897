"""Writes what was understood: a file of checks, known solutions, a notebook, and a page on what is left.

In the conversion this is the last step; what it writes is the author's to edit.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.conversion.draft import Draft, Look, needed
from autograder.conversion.read import HIDDEN, REGION, Answers, is_code_answer, is_test, marks

KEPT = {"kernelspec", "language_info"}
MAX_HINT = 200
MINOR = 5  # of the format 4, the first in which cells have ids
KNOWN = ("import numpy as np", "import torch", "import math")
GIVEN = {
    "grade": False,
    "grade_id": "import_check",
    "locked": True,
    "schema_version": 3,
    "solution": False,
    "task": False,
}
HOLDS = '''

def holds(claim, told):
    """Fail unless a claim about results holds; what cannot be computed of them does not."""
    try:
        held = bool(claim())
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        held = False
    if not held:
        fail(f"{told}, expected that it does.", "Try it with values of your own.", mistake="does-not-hold")'''


@dataclass(frozen=True)
class Part:
    """One plan with its check.

    Attributes:
        name: of both.
        draft: of its cell.
        looks: of the check.
        points: of the check.
        hidden: whether students get the plan, too.
        needs: the check before it, if there is one.
    """

    name: str
    draft: Draft
    looks: tuple[Look, ...]
    points: float
    hidden: bool
    needs: str = ""


def parts_of(drafts: Sequence[Draft]) -> list[Part]:
    """The plans and checks of all cells: one for the tests that students see, one for the hidden ones."""
    parts: list[Part] = []
    taken: Counter[str] = Counter()
    for draft in drafts:
        base = re.sub(r"^(tests?|check)_+", "", re.sub(r"\W+", "_", draft.cell).strip("_")) or "cell"
        base = base if base.isidentifier() else f"cell_{base}"
        taken[base] += 1
        base = base if taken[base] == 1 else f"{base}_{taken[base]}"
        both = [(hidden, tuple(one for one in draft.looks if one.hidden == hidden)) for hidden in (False, True)]
        there = [(hidden, looks) for hidden, looks in both if looks]
        before = ""
        for hidden, looks in there:
            name = f"{base}_{'hidden' if hidden else 'visible'}"
            parts.append(Part(name, draft, looks, draft.points / len(there), hidden, before))
            before = name
    return parts


def checks_file(title: str, parts: Sequence[Part]) -> str:
    """The file of checks."""
    bodies = "\n\n".join(f"{_plan(part)}\n\n{_check(part)}" for part in parts)
    uses_property = "holds(" in bodies
    words = [word for word in ("expect", "given", "plan", "student") if f"{word}(" in bodies]
    words += ["fail"] if uses_property else []
    imports = {"import pytest": None} | {
        line: None for part in parts for line in part.draft.imports if _used(line, bodies)
    }
    imports |= {line: None for line in KNOWN if _used(line, bodies)}
    ordered = sorted(imports, key=lambda line: (line.startswith("from"), line))
    head = [f'"""Checks of {title}, converted from the tests of an nbgrader notebook."""', "", *ordered, ""]
    head += [f"from autograder.plans import {', '.join(sorted(words))}", HOLDS if uses_property else "", "", ""]
    return "\n".join(head) + bodies


def _used(line: str, code: str) -> bool:
    """Whether code uses a name that an import gives."""
    (node,) = ast.parse(line).body
    assert isinstance(node, ast.Import | ast.ImportFrom)
    return any(re.search(rf"\b{one.asname or one.name.partition('.')[0]}\b", code) for one in node.names)


def _plan(part: Part) -> str:
    public = "" if part.hidden else ", public=True"
    lines = needed(part.draft.lines, list(part.looks))
    returned = [f"    {_tuple([*_told(look)])}," for look in part.looks]
    body = [*lines, "return (", *returned, ")"]
    text = "\n".join("\n".join(f"    {line}" for line in one.splitlines()) for one in body)
    return f'@plan("{part.draft.cell}"{public})\ndef {part.name}(ask):\n{text}\n'


def _told(look: Look) -> Iterator[str]:
    for node in (*look.got, *(look.values if look.word != "raises" else ())):
        yield ast.unparse(node)


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _check(part: Part) -> str:
    needs = f', needs=["{part.needs}"]' if part.needs else ""
    of = " and ".join(f"`{name}`" for name in part.draft.used)
    kind = "hidden" if part.hidden else "visible"
    lines = [
        f'@pytest.mark.check(cell="{part.draft.cell}", points={part.points:g}{needs})',
        f"def test_{part.name}({part.name}):",
        f'    """{of}: the {kind} tests hold."""',
    ]
    for number, look in enumerate(part.looks):
        got = [f"got_{place}" for place in range(len(look.got))]
        values = [f"value_{place}" for place in range(len(look.values))] if look.word != "raises" else []
        lines.append(f"    {_tuple([*got, *values])} = {part.name}[{number}]")
        lines.append(f"    {_expectation(look, values)}")
    return "\n".join(lines) + "\n"


def _expectation(look: Look, values: list[str]) -> str:
    if look.word:
        arguments = values if look.word != "raises" else [ast.unparse(one) for one in look.values]
        arguments += [look.options] if look.options else []
        arguments += [f"hint={look.hint[:MAX_HINT]!r}"] if look.hint else []
        called = f", {look.called!r}" if look.called else ""
        return f"expect(got_0{called}).{look.word}({', '.join(arguments)})"
    told = "a hidden test does not hold" if look.hidden else f"`{look.told[:MAX_HINT]}` does not hold"
    told = look.hint[:MAX_HINT] or told
    return f"holds(lambda: {look.claim}, {told.rstrip('.')!r})"


def solution_file(answers: Answers) -> str:
    """The instructor's solution as a module."""
    return f'"""Right: the solution of the notebook."""\n\n{answers.source}'


def unwritten_file(answers: Answers, parts: Sequence[Part]) -> str | None:
    """A wrong solution to begin with, of which nothing is written; None where the first check is of no function."""
    first = next((part for part in parts if {*part.draft.used} & {*answers.functions, *answers.classes}), None)
    if first is None or {*first.draft.used} & {*answers.values}:
        return None
    text = f'"""Wrong: nothing is written yet.\n\ncheck: {first.name}\nmistake: not-implemented\n"""\n'
    for name in answers.functions:
        text += f"\n\ndef {name}(*args, **kwargs):\n    raise NotImplementedError\n"
    for name in answers.classes:
        text += f"\n\nclass {name}:\n    def __init__(self, *args, **kwargs):\n        raise NotImplementedError\n"
    return text


def edit_notebook(notebook: NotebookNode, parts: Sequence[Part]) -> list[str]:
    """Put one call into each test cell; returns what was changed besides, a sentence each."""
    said = []
    notebook.nbformat_minor = max(notebook.nbformat_minor, MINOR)
    converted = {part.draft.cell: part.draft for part in parts}
    notebook.metadata = {key: value for key, value in notebook.metadata.items() if key in KEPT}
    for cell in notebook.cells:
        own: dict[str, Any] = marks(cell)
        name = own.get("grade_id")
        if own:
            own |= {"schema_version": 3, "task": own.get("task", False)}
        if is_test(cell) and name in converted:
            cell.source = f"check({', '.join([f'{chr(34)}{name}{chr(34)}', *converted[str(name)].used])})"
        elif is_test(cell):
            cell.source = HIDDEN.sub("", cell.source).strip("\n")
            own["grade"] = False
            said.append(
                f"`{name}` gives no points now ({own.pop('points', 0):g} before): none of its tests was understood."
            )
        elif is_code_answer(cell) and "### BEGIN SOLUTION" not in cell.source:
            cell.source = REGION.format(cell.source.strip("\n"))
            said.append(
                f"`{name}` had no marked solution, so all of it is marked; leave out of it what students may see."
            )
        cell.metadata = {"nbgrader": own} if own else {}
        cell.setdefault("id", nbformat.v4.new_code_cell().id)  # older formats had none
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    place = next(number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    made = nbformat.v4.new_code_cell("from coursekit.check import check", metadata={"nbgrader": {**GIVEN}})
    notebook.cells.insert(place, made)
    return said


def report(title: str, drafts: Sequence[Draft], parts: Sequence[Part], said: Sequence[str]) -> str:
    """The page on what was converted, and what is left to the author."""
    lines = [f"# {title}: what was converted\n", "| cell | points | tests converted | left |", "|---|---:|---:|---:|"]
    lines += [f"| `{d.cell}` | {d.points:g} | {len(d.looks)} | {len(d.left)} |" for d in drafts]
    left = [one for draft in drafts for one in draft.left]
    if left:
        lines += ["\n## Left to you\n"]
        for one in left:
            kind = "hidden test" if one.hidden else "test"
            lines += [f"In `{one.cell}`, a {kind}: {one.why}.\n", "```python", one.source or "# see the cell", "```\n"]
    split = [part.draft.cell for part in parts if part.needs]
    notes = [*said]
    if split:
        told = ", ".join(f"`{cell}`" for cell in split)
        halves = "is for the visible tests, half for the hidden ones; nbgrader gave all or none."
        notes.append(f"Half of the points of {told} {halves}")
    notes.append("Values are compared together with their type: an array is expected where the test has an array.")
    notes.append("The tolerance of `close` is relative to the largest expected value, where NumPy's is to each value.")
    return "\n".join([*lines, "\n## To know\n", *(f"- {note}" for note in notes), ""])
