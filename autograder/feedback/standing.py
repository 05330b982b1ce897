"""How a task stands, and why, in one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.feedback.records import Answer, Said, State
from autograder.verdict import CheckResult

MAX_REASON = 160  # characters of the line in the table of tasks


@dataclass(frozen=True)
class Marks:
    """What is known of one task.

    Attributes:
        checks: those of its cells.
        answers: its written answers.
        points: of each cell that has any, None where nobody has marked it.
        waiting: whether any of its cells waits for a person.
    """

    checks: tuple[CheckResult, ...]
    answers: tuple[Answer, ...]
    points: tuple[float | None, ...]
    waiting: bool


def state_of(marks: Marks) -> State:
    outcomes = {check.outcome for check in marks.checks}
    if "cannot_judge" in outcomes:
        return State.PERSON if marks.waiting else State.MARKED
    if "failed" in outcomes or len(outcomes) > 1:
        return State.PARTLY if any(marks.points) else State.WRONG
    if outcomes:
        return State.RIGHT if "passed" in outcomes else State.UNCHECKED
    if all(answer.empty for answer in marks.answers):
        return State.PERSON if None in marks.points else State.EMPTY
    return State.UNMARKED if None in marks.points else State.MARKED


def reason_of(marks: Marks, state: State) -> str:
    """One line that says why."""
    if state is State.RIGHT:
        return "All that was checked is right."
    open_ = [check for check in marks.checks if check.outcome != "passed"]
    if open_ and state is not State.MARKED:
        first = min(open_, key=lambda check: (check.outcome == "not_checked", bool(_cause(check))))
        more = len(said_alike(open_)) - 1
        text = _shortened(first.rationale or first.title)
        return f"{text} ({more} more)" if more else text
    comments = [answer.comment for answer in marks.answers if answer.comment and not answer.empty]
    if comments:
        return _shortened(comments[0])
    texts = {
        State.EMPTY: "The cell is as it was handed out.",
        State.PERSON: "The cell is empty, but the answer may be elsewhere.",
        State.UNMARKED: "A person reads it.",
        State.MARKED: "A person has read it.",
    }
    return texts.get(state, "")


def said_alike(checks: Sequence[CheckResult]) -> tuple[Said, ...]:
    """The checks, those first that did not pass; those that say the same are together."""
    alike: dict[tuple[str, ...], list[CheckResult]] = {}
    for check in sorted(checks, key=lambda check: check.outcome == "passed"):
        key = (check.outcome, check.rationale, check.help, check.consequence_of, check.same_as, str(check.earned))
        alike.setdefault(key, []).append(check)
    return tuple(Said(tuple(group)) for group in alike.values())


def _cause(check: CheckResult) -> str:
    return check.consequence_of or check.same_as


def _shortened(text: str) -> str:
    """The first sentence, or as much of it as goes into a line or two."""
    line = " ".join(text.split())
    first = line if len(line) <= MAX_REASON else re.split(r"(?<=[.!?]) ", line, maxsplit=1)[0]
    if len(first) <= MAX_REASON:
        return first
    cut = first[:MAX_REASON].rsplit(" ", 1)[0]
    return f"{cut}{'`' if cut.count('`') % 2 else ''} ..."
