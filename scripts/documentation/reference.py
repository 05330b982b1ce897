"""The pages of the reference, as Markdown, from what they describe: commands, records of settings, words of checks."""

import inspect
import re
import types
from collections.abc import Mapping
from typing import Any

import typer
from typer.cli import get_docs_for_click

from autograder import plans
from autograder.checks.bounds import Bounds, Quantity
from autograder.cli import app
from autograder.config.records import Assignment, Course
from autograder.plans.ask import Ask
from autograder.plans.expect import Expectation
from autograder.plans.handles import Handle
from autograder.sandbox.limits import MIB, Limits
from coursekit.plans.looks import LOOKS

SECTIONS = re.compile(r"^(Args|Attributes|Raises|Returns):$", re.MULTILINE)
ENTRY = re.compile(r"^ {4}(\S[^:]*): (.*(?:\n {8,}.*)*)", re.MULTILINE)
NOT_KEYS = {"root", "name"}  # of an assignment: where it lies, and its name, which is that of its table
INTERNAL = {"state", "secret", "root"}

COURSE_INTRODUCTION = """# `course.toml`

What the autograder must know of a course that is not in its notebooks. `autograder new-course` writes a first one. Each
mistake in it is told in one sentence, with the line. This page is made from the records that the file is read into.

```toml
name = "Deep Learning"
time_zone = "America/Chicago"
helpers = ["course_utils"]

[assignments.hw2]
title = "Homework 2"
due = "2027-02-24 23:59"
notebook = "hw2.ipynb"
required = { netid = 1, "hw2.ipynb" = 0, "hw2.pdf" = 1 }
group_size = 2
late = { points_per_day = 2, days = 3 }

[limits]
cell_seconds = 120
resident_memory = "2 GiB"
```
"""
EXIT_STATUS = """
## Exit status

0: all well. 1: a check, a solution or a bound is not as it should be. 2: the command could not run; one sentence says
why, and nothing was changed. 3: done, and a person should look at some of it.
"""
LIMITS_INTRODUCTION = """
## `[limits]`

What one submission may use in the sandbox. Sizes are bytes, or text such as `"2 GiB"`.
"""
CHECKS_INTRODUCTION = """# The words of a check

A file of checks is `checks/ASSIGNMENT.py`, or `test_*.py` in a folder of that name. It is ordinary pytest functions,
and it imports its words from `autograder.plans`. [A course of one's own](../tutorials/own-course.md) uses most of them.
This page is made from their docstrings.

    from autograder.plans import expect, plan, slip

A check is marked with its cell, its points, and the checks without which it is not looked at; its docstring is the
sentence that the student reads:

    @pytest.mark.check(cell="check_loss", points=1, needs=["loss_is_a_number"])
    def test_loss_is_right(losses):
        \"\"\"The loss is the mean cross-entropy.\"\"\"
"""
HANDLES = """### What a step gives

Each of the words above gives a *handle*: an argument of later steps, something that `ask.call` calls, and what a check
looks at. Here are a method of a student's object, `len` of it, and an item of what the method returned:

    tokenizer = ask.module("Tokenizer", "the quick brown fox")
    ids = ask.call(tokenizer.part("encode"), "fox")
    return ask.call(given("builtins:len"), tokenizer), ids[0]
"""


def commands_page() -> str:
    """The command line, as Typer tells it."""
    command = typer.main.get_command(app)
    told = get_docs_for_click(obj=command, ctx=typer.Context(command, info_name="autograder"), name="autograder")
    text = re.sub(r"^# .*", "# The command line", told.strip(), count=1)
    rows = [f"| [`{name}`](#autograder-{name}) | {_first(one.help or '')} |" for name, one in command.commands.items()]
    overview = "\n".join(["| command | what it does |", "|---|---|", *rows])
    text = re.sub(r"\*\*Commands\*\*:\n\n(?:\* .*\n)+", lambda _: f"{overview}\n", text, count=1)
    return f"{text}\n{EXIT_STATUS}"


def course_page() -> str:
    """The keys of `course.toml`: the attributes of the records that it becomes, with their descriptions."""
    course = {
        key: said for key, said in attributes_of(Course).items() if key not in INTERNAL | {"assignments", "limits"}
    }
    course = {"helpers": attributes_of(Assignment)["helpers"]} | course
    assignment = {k: said for k, said in attributes_of(Assignment).items() if k not in NOT_KEYS | {"helpers"}}
    limits = {key: f"{said} Default: {_amount(getattr(Limits(), key))}." for key, said in attributes_of(Limits).items()}
    return "\n".join(
        [
            COURSE_INTRODUCTION,
            "## The course\n",
            _table(course),
            "\n## `[assignments.NAME]`\n",
            "NAME is the name of its folders in `source/`, `checks/`, `solutions/` and `release/`.\n",
            _table(assignment),
            LIMITS_INTRODUCTION,
            _table(limits),
            "",
        ]
    )


def checks_page() -> str:
    """The vocabulary of plans and checks, from its docstrings."""
    parts = [CHECKS_INTRODUCTION, "## Plans: what is asked\n", _function(plans.plan, "plan")]
    parts += [_function(member, f"ask.{name}") for name, member in _methods(Ask)]
    parts += [HANDLES, _function(Handle.part, "handle.part"), _item(Handle.__getitem__, "handle")]
    parts += [_function(getattr(plans, name), name) for name in ("each", "student", "given")]
    parts += ["## Looking at results\n", _function(plans.expect, "expect"), _function(plans.slip, "slip")]
    for name, member in _methods(Expectation):
        parts.append(_function(LOOKS[name], f"expect(result).{name}", written=member))
    parts.append("### What a result holds\n\nFor what no word says, a check looks at the result itself.\n")
    parts.append(_item(plans.Result.__getitem__, "result"))
    parts += [_function(member, f"result.{name}") for name, member in _methods(plans.Result, properties=True)]
    parts.append("## How a check ends\n\nA check that returns has passed. Three functions end it otherwise.\n")
    parts += [_function(getattr(plans, name), name) for name in ("fail", "not_checked", "cannot_judge")]
    parts.append("## Bounds on training\n")
    parts += [_function(Quantity, "Quantity"), _function(Bounds.hold, "bounds.hold")]
    parts += ["## Weights that both sides know\n", _function(plans.draw_weights, "draw_weights")]
    return "\n".join(parts)


def attributes_of(record: type) -> dict[str, str]:
    """The attributes that the docstring of a record tells, each with what it is."""
    _, sections = parse(inspect.getdoc(record) or "")
    return dict(sections.get("Attributes", {}))


def parse(docstring: str) -> tuple[str, Mapping[str, Mapping[str, str]]]:
    """The text of a docstring, and the entries of its sections."""
    text, *rest = SECTIONS.split(docstring)
    sections = {
        name: {key: _sentence(said) for keys, said in ENTRY.findall(body) for key in keys.split(", ")}
        for name, body in zip(rest[::2], rest[1::2], strict=True)
    }
    return text.strip(), sections


def _methods(record: type, properties: bool = False) -> list[tuple[str, Any]]:
    kinds = (types.FunctionType, property) if properties else types.FunctionType
    return [(name, member) for name, member in vars(record).items() if isinstance(member, kinds) and name[0] != "_"]


def _function(member: Any, called: str, written: Any = None) -> str:
    """One word: how it is called, what it is, and its arguments, which are those of `written` if that is called."""
    function = written or (member.fget if isinstance(member, property) else member)
    text, sections = parse(inspect.getdoc(member) or "")
    parameters = [] if isinstance(member, property) else list(inspect.signature(function).parameters.values())
    shown = [_parameter(one) for one in parameters if one.name not in ("self", "seen")]
    call = f"{called}({', '.join(shown)})" if not isinstance(member, property) else called
    lines = [f"### `{called}`\n", f"```python\n{call}\n```\n", text, ""]
    entries = {**sections.get("Args", {}), **sections.get("Attributes", {})}
    lines += [f"- `{name}`: {said}" for name, said in entries.items() if name != "seen"]
    return "\n".join([*lines, ""])


def _item(member: Any, called: str) -> str:
    """Square brackets behind something."""
    return f"### `{called}[...]`\n\n{inspect.getdoc(member)}\n"


def _parameter(one: inspect.Parameter) -> str:
    star = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(one.kind, "")
    default = "" if one.default is inspect.Parameter.empty else f"={one.default!r}"
    return f"{star}{one.name}{default}"


def _table(rows: Mapping[str, str]) -> str:
    return "\n".join(["| key | what it is |", "|---|---|", *(f"| `{key}` | {said} |" for key, said in rows.items())])


def _amount(value: float) -> str:
    return f"`{value:g}`" if value < MIB else f'`"{value // MIB} MiB"`'


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def _first(text: str) -> str:
    return re.split(r"(?<=\.)\s", " ".join(text.split()))[0]
