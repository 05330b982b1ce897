"""Verdicts: what the checks decided, how many points that gives, and how it is written into the graded cells.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the record that leaves
the judgement. nbgrader reads a cell's points from its outputs, and takes a cell without any output for full marks;
so the verdict replaces the outputs of a graded cell entirely and always ends with the number.
"""

import html
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.shown.formulas import show_as_text
from autograder.shown.visible import visible

Outcome = Literal["passed", "failed", "not_checked", "cannot_judge"]
NOT_RECORDED = "The test cell did not run, or stopped before it was done."  # until `reasons` says why
POINT_DIGITS = 4  # of points after the decimal point: a third of a point is 0.3333
_SIGNS = {"passed": "✓", "failed": "✗", "not_checked": "–", "cannot_judge": "?"}
_WORDS = {
    "passed": "passed",
    "failed": "failed",
    "not_checked": "not checked",
    "cannot_judge": "cannot be judged automatically; a person will look at it",
}
_COLORS = {"passed": "#1a7f37", "failed": "#b42318", "not_checked": "#57606a", "cannot_judge": "#9a6700"}


@dataclass(frozen=True)
class CheckResult:
    """What one hidden check decided about one submission.

    `name` is the check's, `cell` the grade id of the graded cell that it belongs to, `title` the sentence that the
    student reads. A failed check has a `mistake`, the short name of what went wrong, a `rationale`, what was seen,
    and a `help`, what to try; it is `near_threshold` where chance may have had a part in it, and `consequence_of` the
    mistake that explains it, if there is one, or `same_as` the title of the check that found the same before. `points`
    of `max_points` are earned: all of them if it passed, the share `earned` if it failed, and else none.
    """

    name: str
    cell: str
    title: str
    outcome: Outcome
    max_points: float
    mistake: str = ""
    rationale: str = ""
    help: str = ""
    near_threshold: bool = False
    consequence_of: str = ""
    same_as: str = ""
    earned: float = 0.0

    @property
    def points(self) -> float:
        if self.outcome == "passed":
            return self.max_points
        return round(self.max_points * self.earned, POINT_DIGITS) if self.outcome == "failed" else 0.0


@dataclass(frozen=True)
class Verdict:
    """What all hidden checks of an assignment decided about one submission.

    `faults` are the tracebacks of what broke in the grader while it judged, for the instructor. A check that broke
    cannot judge; the others keep their outcome.
    """

    assignment: str
    checks: tuple[CheckResult, ...]
    faults: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def max_points(self) -> float:
        return sum(check.max_points for check in self.checks)

    def for_cell(self, cell: str) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if check.cell == cell)

    def needs_a_person(self, cell: str) -> bool:
        """Whether the points of a graded cell must be given by a person."""
        return any(check.outcome == "cannot_judge" for check in self.for_cell(cell))

    @property
    def near_threshold(self) -> tuple[CheckResult, ...]:
        """What a second run decides."""
        return tuple(check for check in self.checks if check.near_threshold)

    def decided_by(self, second: "Verdict") -> "Verdict":
        """This verdict, but with the second one's results of the checks that were near a threshold."""
        results = {check.name: check for check in second.checks}
        checks = tuple(results[c.name] if c.near_threshold else c for c in self.checks)
        return replace(self, checks=checks, faults=self.faults + second.faults)

    def not_checked(self, reason: str) -> "Verdict":
        """The verdict that every check ends with where nothing could be run."""
        ended = (
            replace(c, outcome="not_checked", rationale=reason, help="", mistake="", earned=0.0) for c in self.checks
        )
        return replace(self, checks=tuple(ended))

    def doubted(self, doubts: Mapping[str, str]) -> "Verdict":
        """This verdict, but a check does not decide on a failure where the work may be elsewhere: a person does.

        Args:
            doubts: where that is, by the name of the graded cell.
        """

        def doubt(check: CheckResult) -> CheckResult:
            if check.cell not in doubts or check.outcome == "passed":
                return check
            seen = [doubts[check.cell], *([check.rationale] if check.outcome == "failed" else [])]
            return replace(check, outcome="cannot_judge", mistake="", earned=0.0, rationale=" ".join(seen))

        return replace(self, checks=tuple(map(doubt, self.checks)))

    def to_json(self) -> dict[str, Any]:
        checks = [{**asdict(check), "points": check.points} for check in self.checks]
        return {
            "assignment": self.assignment,
            "points": self.points,
            "max_points": self.max_points,
            "checks": checks,
            "faults": list(self.faults),
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Verdict":
        checks = tuple(
            CheckResult(**{key: value for key, value in check.items() if key != "points"}) for check in data["checks"]
        )
        return Verdict(data["assignment"], checks, tuple(data.get("faults", ())))


def write_into_cell(cell: NotebookNode, results: Sequence[CheckResult], figure: bytes | None = None) -> None:
    """Replace the outputs of a graded cell by the reasons, for a person, and the points, for nbgrader.

    `figure` is a PNG that is shown between the two.
    """
    points = sum(result.points for result in results)
    maximum = sum(result.max_points for result in results)
    reasons = new_output(
        "display_data",
        data={
            "text/html": _as_html(results, points, maximum),
            "text/plain": as_text(results, points, maximum),
        },
    )
    score = new_output("execute_result", data={"text/plain": show_points(points)}, execution_count=1)
    figures = [new_output("display_data", data={"image/png": b64encode(figure).decode()})] if figure else []
    cell.outputs = [reasons, *figures, score]
    cell.execution_count = 1


def as_text(results: Sequence[CheckResult], points: float, maximum: float) -> str:
    """The reasons as plain text, one check after the other."""
    lines = [f"{show_points(points)} of {show_points(maximum)} points"]
    for result in results:
        lines.append(
            f"{_SIGNS[result.outcome]} {visible(result.title)} ({show_points(result.points)}/"
            f"{show_points(result.max_points)}): {_word(result)}"
        )
        cause = _cause(result)
        told = [f"Probably this {cause}."] if cause else []
        lines += [f"    {visible(text)}" for text in (*told, result.rationale, result.help) if text]
    return "\n".join(lines)


def _as_html(results: Sequence[CheckResult], points: float, maximum: float) -> str:
    items = []
    for result in results:
        texts = [text for text in (result.rationale, result.help) if text]
        details = "".join(f"<div>{_escape(text)}</div>" for text in texts)
        if cause := _cause(result):  # the root cause is what to read first
            details = f"<details><summary>probably {_escape(cause)}</summary>{details}</details>"
        items.append(
            f'<li style="list-style:none;margin:0.4em 0;border-left:4px solid {_COLORS[result.outcome]};'
            f'padding-left:0.8em"><strong>{_SIGNS[result.outcome]} {_escape(result.title)}</strong> '
            f'<span style="color:{_COLORS[result.outcome]}">{_word(result)}</span> '
            f"({show_points(result.points)} of {show_points(result.max_points)}){details}</li>"
        )
    return (
        f"<p><strong>{show_points(points)} of {show_points(maximum)} points</strong></p>"
        f'<ul style="padding-left:0;margin:0">{"".join(items)}</ul>'
    )


def show_points(points: float) -> str:
    """Points as people read them, and nbgrader: as many digits as they have, and no more than `POINT_DIGITS`."""
    return f"{points:.{POINT_DIGITS}f}".rstrip("0").rstrip(".")


def _word(result: CheckResult) -> str:
    return "partly right" if result.outcome == "failed" and result.points else _WORDS[result.outcome]


def _cause(result: CheckResult) -> str:
    """What explains a failed check, in words that continue "probably this"; empty if nothing does."""
    if result.same_as:
        return f"is the same as in “{result.same_as}”"
    return f"follows from: {in_words(result.consequence_of)}" if result.consequence_of else ""


def _escape(text: str) -> str:
    """HTML that shows `text`, which may quote a student, as it is: nothing hidden, and no formula for MathJax."""
    return show_as_text(html.escape(visible(text)))


def in_words(mistake: str) -> str:
    """The short name of a mistake, as people read it."""
    return mistake.replace("-", " ")
