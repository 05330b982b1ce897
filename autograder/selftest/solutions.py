"""Solution files: finding them, reading what their docstring claims, and comparing the claim with a verdict.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are the known answers
that the way from trace to verdict is tried on. `solutions/README.md` says how such a file is written.
"""

import ast
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.errors import UsageError
from autograder.verdict import Verdict

Kind = Literal["right", "wrong", "blind_spots"]
Half = Literal["seen", "unseen"]
KINDS: tuple[Kind, ...] = ("right", "wrong", "blind_spots")
_FIELD = re.compile(r"^\s*(check|mistake|also|expect):[ \t]*(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Claim:
    """What the docstring of a solution file says about it.

    Attributes:
        path: the file.
        kind: the folder that it is in.
        says: the first sentence, without "Right:" and the like.
        expect: the outcome of the check, or "passed" when every check must pass.
        check: name of the check that has this outcome; empty when every check must pass.
        mistake: the name that the check must give; empty if nothing is wrong.
        also: names that may be reported beside it.
    """

    path: Path
    kind: Kind
    says: str
    expect: Literal["passed", "failed", "cannot_judge"]
    check: str = ""
    mistake: str = ""
    also: tuple[str, ...] = ()


def half_of(name: str) -> Half:
    """In which half of a matrix a file is, by its name: the unseen one is not looked at while a check is changed."""
    return "unseen" if hashlib.sha256(name.encode()).digest()[0] % 2 else "seen"


def find_solutions(folder: Path, half: Half | None = None) -> tuple[Claim, ...]:
    """The claims of all files in `right/`, `wrong/` and `blind_spots/` of a folder, in this order and by name.

    Args:
        folder: holds the three folders.
        half: which half to leave it at; both if it is None.

    Raises:
        UsageError: there are none, or a file does not say what it must.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}: name the one that holds right/, wrong/ and blind_spots/.")
    paths = [(path, kind) for kind in KINDS for path in sorted((folder / kind).glob("*.py"))]
    claims = tuple(read_claim(path, kind) for path, kind in paths if half in (None, half_of(path.stem)))
    if not claims:
        raise UsageError(f"There are no solutions (*.py) in right/, wrong/ or blind_spots/ of {folder}.")
    return claims


def read_claim(path: Path, kind: Kind) -> Claim:
    """Read the docstring of a solution file.

    Raises:
        UsageError: it has none, is no Python, or leaves out what its kind needs.
    """
    try:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    except (OSError, SyntaxError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as Python: {error}.") from None
    if not docstring:
        raise UsageError(f"{path} has no docstring: its first sentence says what the solution is.")
    fields = {name: [word for word in re.split(r"[\s,`]+", value) if word] for name, value in _FIELD.findall(docstring)}
    said = {name: words[0].rstrip(".") for name, words in fields.items() if words}
    expect = {"right": "passed", "wrong": "failed"}.get(kind) or said.get("expect", "")
    needed = {"passed": (), "failed": ("check", "mistake"), "cannot_judge": ("check",)}
    if expect not in needed:
        raise UsageError(f"{path} says `expect: {expect}`: write passed, failed or cannot_judge.")
    for field in needed[expect]:
        if field not in said:
            raise UsageError(f"{path} does not say its {field}: add a line `{field}: ...` to its docstring.")
    if expect == "passed":
        said = {}
    says = re.sub(r"^[A-Z][a-z ]+:\s*", "", " ".join(docstring.split("\n\n")[0].split()))
    also = tuple(word.rstrip(".") for word in fields.get("also", []))
    return Claim(path, kind, says, expect, said.get("check", ""), said.get("mistake", ""), also)  # type: ignore[arg-type]


def disagreement(claim: Claim, verdict: Verdict, left_out: Collection[str] = ()) -> str:
    """What the verdict says against the claim, in one sentence; empty if they agree.

    What a recorded step shows badly may go by a name under `also` instead of its mistake's, but nothing else may.
    A solution without a mistake must not fail any check, also where one check cannot judge it. Nothing disagrees with
    a claim about a check that was left out.

    Args:
        claim: of the solution.
        verdict: on it.
        left_out: names of the checks that had nothing to judge on purpose.
    """
    results = {result.name: result for result in verdict.checks if result.name not in left_out}
    if claim.expect == "passed":
        return "; ".join(
            f"{result.name} is {result.outcome}" + (f" ({result.mistake})" if result.mistake else "")
            for result in results.values()
            if result.outcome != "passed"
        )
    if claim.check in left_out:
        return ""
    failed = {result.name: result.mistake for result in results.values() if result.outcome == "failed"}
    if claim.check not in results:
        return f"there is no check called {claim.check}"
    named = results[claim.check]
    if named.outcome != claim.expect:
        elsewhere = "".join(f"; {name} failed ({mistake})" for name, mistake in failed.items())
        return f"{claim.check} is {named.outcome}, expected {claim.expect}{elsewhere}"
    names = {claim.mistake, *(claim.also if claim.kind == "blind_spots" else ())}
    if claim.expect == "failed" and named.mistake not in names:
        return f"{claim.check} says {named.mistake or 'nothing'}, expected {claim.mistake}"
    if not claim.mistake and failed:
        return "; ".join(f"{name} failed ({mistake})" for name, mistake in failed.items())
    return ""
