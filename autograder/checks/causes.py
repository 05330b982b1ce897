"""Which failed check explains which other one.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is done once all checks have
ended; it orders what a student reads and gives or takes no point. A cause stands earlier in the notebook than what
follows from it, or in the same function; two functions that fail each for itself explain nothing about each other. So
no mistake is its own cause, and none comes before its cause.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.verdict import CheckResult

_QUOTED = re.compile(r"(?:error[^:`]*|\)): (.+? at `[^`]*`)")  # an error that a rationale quotes, with its line
_UNWRITTEN = ("not-implemented", "function-missing")


@dataclass(frozen=True)
class Known:
    """What an assignment knows of consequences.

    Attributes:
        cells: its test cells in the order of the notebook: code of a later one uses that of the earlier ones.
        of_several: those of them that try several functions.
        consequences: mistake -> what it may show up as in another check.
        last: mistakes that every other one may lead to that has to do with training.
        without: mistakes that training does not mind.
        of_each: mistakes that each function makes for itself, wherever they are seen.
        found_in: for some mistakes, the cells in which they may be a cause.
        words: for some pairs (mistake, consequence), a pattern that must be in the reason of the consequence.
        one_idea: pairs that go together also where they are in two functions of one cell.
    """

    cells: Sequence[str]
    of_several: Sequence[str]
    consequences: Mapping[str, Sequence[str]]
    last: Sequence[str]
    without: Sequence[str]
    of_each: Sequence[str]
    found_in: Mapping[str, Sequence[str]]
    words: Mapping[tuple[str, str], str]
    one_idea: Sequence[tuple[str, str]]

    def place(self, result: CheckResult) -> int:
        """Where in the notebook it stands."""
        return self.cells.index(result.cell) if result.cell in self.cells else len(self.cells)


def name_causes(known: Known | None, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """The results; those that failed for what another check found say so: which mistake, or where it was the same."""
    if known is None:
        return results
    failed = sorted((result for result in results if result.outcome == "failed"), key=known.place)
    explained: dict[str, CheckResult] = {}
    for result in failed:
        causes = [cause for cause in failed if cause is not result and _explains(cause, result, known)]
        roots = [cause for cause in causes if not _follows(explained.get(cause.name, cause))]
        for cause in (roots or causes)[:1]:
            same = cause.mistake == result.mistake or _quoted(cause) == _quoted(result) != ""
            result = replace(result, same_as=cause.title) if same else replace(result, consequence_of=cause.mistake)
        explained[result.name] = result
    return tuple(explained.get(result.name, result) for result in results)


def _follows(result: CheckResult) -> bool:
    return bool(result.consequence_of or result.same_as)


def _explains(cause: CheckResult, result: CheckResult, known: Known) -> bool:
    earlier = known.place(cause) < known.place(result)
    if _quoted(result) or result.mistake in _UNWRITTEN:
        if earlier and (_quoted(cause) == _quoted(result) != "" or _calls(result, cause)):
            return True
    elif earlier and cause.mistake == result.mistake and cause.mistake not in known.of_each:
        return True
    if result.mistake in known.last:
        return earlier and cause.mistake not in known.without and not _quoted(cause)
    pair = (cause.mistake, result.mistake)
    one_function = known.place(cause) == known.place(result) and cause.cell not in known.of_several
    return (
        result.mistake in known.consequences.get(cause.mistake, ())
        and (earlier or one_function or pair in known.one_idea)
        and cause.cell in known.found_in.get(cause.mistake, (cause.cell,))
        and (not _quoted(result) or bool(re.search(known.words.get(pair, "$^"), result.rationale)))
    )


def _quoted(result: CheckResult) -> str:
    found = _QUOTED.search(result.rationale)
    return found[1] if found else ""


def _calls(result: CheckResult, cause: CheckResult) -> bool:
    """Whether the reason names a function that, as the cause found, is not there."""
    if cause.mistake not in _UNWRITTEN:
        return False
    function = cause.rationale.partition("`")[2].partition("`")[0]
    own = result.rationale.partition("`")[2].partition("`")[0]
    return function != own and bool(re.search(rf"\b{re.escape(function)}\b", result.rationale))
