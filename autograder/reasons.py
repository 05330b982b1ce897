"""Says why a test cell recorded nothing: the first error, its cell and line, and what to try.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands after judging: a
verdict goes in, with what is known of the run, and the same verdict comes out, with reasons for a person. No point is
given here. One outcome changes: work that did not run because something is missing where it is graded, such as
the package `google.colab` beside other imports, may run well where it was written, so a person decides.
"""

import builtins
import re
from collections.abc import Collection
from dataclasses import replace

from nbformat import NotebookNode

from autograder.bindings import MAX_SOURCE, definitions, most_similar
from autograder.execution import CellFailure, Execution
from autograder.failures import NO_INPUT
from autograder.intake import grade_id, graded_by_checks, locked
from autograder.verdict import NOT_RECORDED, CheckResult, Verdict

AGAIN = "Restart the kernel and run all cells from the top: the same will be seen there."
_WRONG_KIND = re.compile(r"(?:TypeError|AttributeError): ")  # what the use of an overwritten name ends with
_MISSING = re.compile(r"name '(\w{1,60})' is not defined")
_QUOTES = re.compile(r"invalid character '[“”‘’„‚«»]'")
_NO_GPU = re.compile(r"CUDA|NVIDIA|'MPS'|\bmps\b")
_HELP = {
    "ModuleNotFoundError": (
        "Only the packages of `requirements.txt` are there when it is graded. Leave the import out if nothing needs it."
    ),
    "TabError": "Indent with spaces only; most editors can replace the tabs of a cell.",
    "IndentationError": "Lines of one block begin below one another: look at the line and at the one above it.",
    "SyntaxError": "Python cannot read the cell, so nothing of it ran. Run it yourself: the line is shown.",
    "TimeLimit": "Train for a shorter time in this cell, or look for a loop that does not end.",
    NO_INPUT: "Nobody can answer `input()` when it is graded: write the value into the cell.",
    "SystemExit": "Take `sys.exit()` out of the cell; a cell ends by itself after its last line.",
}
_NO_PACKAGE = "ModuleNotFoundError"
_ELSEWHERE = re.compile(r"'(?:/|~|[A-Za-z]:)")  # a path of another machine, as the message quotes it
_LOOKED_AT = "It may run where the work was written: a person will look at it."
_HELP_ELSEWHERE = "Only what was handed in is there when it is graded. Leave the line out if nothing needs it."
_HELP_OVERWRITTEN = "Give your own variable another name; then restart the kernel and run all cells from the top."
_HELP_ENDED = "Restart the kernel and run all cells from the top: none of them may end the kernel, or take too much."


def explain(verdict: Verdict, execution: Execution) -> Verdict:
    """The verdict, with the reason in each check that could not be made because a cell failed."""
    why = _Why(execution)
    checks = [why.explain(check) for check in verdict.checks]
    waiting = {now.cell for now, before in zip(checks, verdict.checks, strict=True) if now.outcome != before.outcome}
    return replace(verdict, checks=tuple(_with_its_cell(check, waiting) for check in checks))


def _with_its_cell(check: CheckResult, waiting: Collection[str]) -> CheckResult:
    """What was not checked, since something else of its cell waits for a person, waits too."""
    if check.outcome != "not_checked" or check.cell not in waiting:
        return check
    return replace(check, outcome="cannot_judge", rationale=f"{check.rationale} {_LOOKED_AT}")


def note_cut_off(execution: Execution) -> tuple[str, ...]:
    """One sentence or two for each cell that was interrupted, but for test cells, whose checks tell it.

    What such a cell has defined before may pass, and nobody would tell that the rest of it was not run.
    """
    code = [cell for cell in execution.notebook.cells if cell.cell_type == "code"]
    return tuple(
        f"{_sentence(_describe(failure))}. What it defined before counts, what comes after in it was not run."
        for failure in execution.failures
        if failure.error == "TimeLimit" and not graded_by_checks(code[failure.cell.number - 1])
    )


class _Why:
    """What is known about one run that went wrong somewhere."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.cells: list[NotebookNode] = [cell for cell in execution.notebook.cells if cell.cell_type == "code"]
        self.failures = {failure.cell.number: failure for failure in execution.failures}
        locked_ones = {number for number, cell in enumerate(self.cells, start=1) if locked(cell)}
        found = list(definitions(self.cells))
        self.own = [(name, place) for name, place in found if place.number not in locked_ones]
        everything = list(definitions(self.cells, imports=True))
        imported = {name for name, place in everything if place.number in locked_ones}
        self.names = [name for name, _ in everything] + dir(builtins)
        self.given = (imported - {name for name, _ in found if name not in dict(self.own)}) | set(dir(builtins))

    def explain(self, check: CheckResult) -> CheckResult:
        if check.outcome == "not_checked" and check.rationale == NOT_RECORDED:
            reason, help = self._not_recorded(check.cell)
            told = replace(check, rationale=reason, help=help or check.help)
            failure = self.failures.get(self._number(check.cell))
            return _left_to_a_person(told) if failure and _is_of_the_machine(self._root(failure)) else told
        if check.outcome == "failed":
            because, help = self._because(check)
            told = replace(check, rationale=f"{check.rationale} {because}".strip(), help=help or check.help)
            return _left_to_a_person(told) if self._lacks_something(check) else told
        return check

    def _lacks_something(self, check: CheckResult) -> bool:
        """Whether a function failed for want of a package, or of a name that a cell would have defined that failed for
        want of something."""
        missing, number = _MISSING.search(check.rationale), self._number(check.cell)
        failed = self._failed_definition(missing[1], number) if missing and number else None
        return f"{_NO_PACKAGE}: " in check.rationale or (failed is not None and _is_of_the_machine(self._root(failed)))

    def _number(self, name: str) -> int:
        """Which code cell has that grade id, counted from 1; 0 where there is none."""
        return next((number for number, cell in enumerate(self.cells, start=1) if grade_id(cell) == name), 0)

    def _not_recorded(self, name: str) -> tuple[str, str]:
        """Why the test cell of that name recorded nothing, and what to try."""
        number = self._number(name)
        stopped_in = self.execution.stopped_in
        if self.execution.stopped is not None and stopped_in is not None and stopped_in <= number:
            told = f"The test cell {'stopped' if stopped_in == number else 'did not run'}. {self.execution.stopped}"
            return told, _HELP_ENDED
        failure = self.failures.get(number)
        overwritten = self._overwritten(self.cells[number - 1].source, number) if number else ""
        if failure is None:
            return f"{overwritten or NOT_RECORDED}", _HELP_OVERWRITTEN if overwritten else ""
        missing = _missing_name(failure)
        if missing:
            reason, help = self._not_defined(missing, number)
            nothing = f"`{missing}` is not defined, and no other name in the notebook is like it."
            return f"The test cell could not run. {reason or nothing}", help or f"Define `{missing}`. {AGAIN}"
        told = f"{overwritten} The test cell stopped: {self._describe(failure)}.".strip()
        return told, _HELP_OVERWRITTEN if overwritten else _help(failure)

    def _not_defined(self, name: str, before: int) -> tuple[str, str]:
        """Why a name is not defined in a cell, and what to try; nothing where nothing is known of it."""
        here = [place for defined, place in self.own if defined == name]
        failed = self._failed_definition(name, before)
        if failed is not None:
            root = self._root(failed)
            also = "" if root is failed else f", and so {failed.cell.cell} stopped, too"
            return f"{_sentence(self._describe(root))}{also}. So `{name}` is not defined.", _help(root)
        later = [place for place in here if place.number > before]
        if later:
            told = f"`{name}` is not defined yet: that comes later, in {later[0].cell}."
            return told, "Move its cell above the one that uses it: cells run from the top to the bottom."
        similar = most_similar(name, [defined for defined, _ in self.own])
        if similar:
            place = next(place for defined, place in self.own if defined == similar)
            other = "" if similar.isascii() or not name.isascii() else ", with letters of another alphabet"
            told = f"`{name}` is not defined (there is `{similar}`{other}, in {place.cell})."
            return told, f"Call it `{name}`, exactly as the notebook does."
        return "", ""

    def _failed_definition(self, name: str, before: int) -> CellFailure | None:
        """The first cell that stopped and that would have defined the name, however it is indented there."""
        defines = re.compile(
            rf"^[ \t]*(?:(?:def|class)[ \t]+{name}\b|{name}[ \t]*=|(?:from|import)[ \t].*\b{name}\b)", re.MULTILINE
        )
        for number, failure in self.failures.items():
            if number < before and defines.search(self.cells[number - 1].source[:MAX_SOURCE]):
                return failure
        return None

    def _root(self, failure: CellFailure) -> CellFailure:
        """The first failure that led to this one, because a name was missing."""
        while missing := _missing_name(failure):
            before = self._failed_definition(missing, failure.cell.number)
            if before is None:
                break
            failure = before
        return failure

    def _describe(self, failure: CellFailure) -> str:
        """What happened in a cell, with the name that was perhaps meant, as the end of a sentence."""
        missing = _missing_name(failure)
        similar = most_similar(missing, self.names) if missing else None
        return _describe(failure) + (f" (there is `{similar}`)" if similar else "")

    def _because(self, check: CheckResult) -> tuple[str, str]:
        """What explains an error in a function of the submission that the check quotes, and what to try; or nothing."""
        missing = _MISSING.search(check.rationale)
        number = self._number(check.cell)
        if missing and number:
            return self._not_defined(missing[1], number)
        quoted = " ".join(re.findall(r"`([^`]*)`", check.rationale)) if _WRONG_KIND.search(check.rationale) else ""
        overwritten = self._overwritten(quoted, number)
        return overwritten, _HELP_OVERWRITTEN if overwritten else ""

    def _overwritten(self, code: str, before: int) -> str:
        """Says where a given name that stands in `code` was defined anew by a cell of the submission's own; or ""."""
        words = set(re.findall(r"(?<![.\w])[^\W\d]\w*", code))
        found = [
            (name, place) for name, place in self.own if name in self.given and name in words and place.number < before
        ]
        if not found:
            return ""
        name, place = found[-1]
        return f"`{name}` was overwritten in {place.cell}, line {place.line}: `{place.code}`."


def _left_to_a_person(check: CheckResult) -> CheckResult:
    return replace(check, outcome="cannot_judge", rationale=f"{check.rationale} {_LOOKED_AT}")


def _is_of_the_machine(failure: CellFailure) -> bool:
    """Whether something is missing that may be there where the work was written: a package, what a line of IPython's
    own needs, or a file with a place of its own."""
    magic = failure.cell.code.lstrip().startswith(("%", "!"))
    return failure.error == _NO_PACKAGE or magic or _is_elsewhere(failure)


def _is_elsewhere(failure: CellFailure) -> bool:
    return failure.error == "FileNotFoundError" and _ELSEWHERE.search(failure.message) is not None


def _missing_name(failure: CellFailure) -> str | None:
    found = _MISSING.search(failure.message) if failure.error == "NameError" else None
    return found[1] if found else None


def _describe(failure: CellFailure) -> str:
    """What happened in a cell, as the end of a sentence without its full stop."""
    cell = failure.cell
    line = f", line {cell.line}: `{cell.code}`" if cell.line else ""
    if failure.inside is not None and failure.inside.line:
        line += f" (it was at line {failure.inside.line} of {failure.inside.cell}: `{failure.inside.code}`)"
    if failure.error == "TimeLimit":
        return f"{cell.cell} was interrupted, since it took too long{line}"
    said = ": ".join(part for part in (failure.error, failure.message) if part)
    return f"{cell.cell} stopped with {said or 'an error'}{line}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _help(failure: CellFailure) -> str:
    if failure.error == "SyntaxError" and _QUOTES.search(failure.message):
        return "Word processors and chats replace quotation marks by curly ones: type them again as \" or '."
    if failure.error not in _HELP and _NO_GPU.search(failure.message):
        return "It is graded on a machine without a GPU: choose the device by what `torch.cuda.is_available()` says."
    if failure.error not in _HELP and _is_of_the_machine(failure):
        return _HELP_ELSEWHERE
    return _HELP.get(failure.error, AGAIN)
