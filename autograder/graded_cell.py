"""Writes what the checks decided into a graded cell: the reasons, for a person, and the points, for nbgrader.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this takes a verdict into the
graded notebook. nbgrader reads a cell's points from its outputs, and takes a cell without any output for full marks;
so the verdict replaces the outputs of a graded cell entirely and always ends with the number.
"""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup, escape
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.shown.formulas import show_as_text
from autograder.shown.page_templates import page_environment
from autograder.shown.visible import visible
from autograder.verdict import CheckResult, in_words, show_points

TEMPLATES = Path(__file__).parent / "shown" / "templates"
_SIGNS = {"passed": "✓", "failed": "✗", "not_checked": "–", "cannot_judge": "?"}
_WORDS = {
    "passed": "passed",
    "failed": "failed",
    "not_checked": "not checked",
    "cannot_judge": "cannot be judged automatically; a person will look at it",
}
_COLORS = {"passed": "#1a7f37", "failed": "#b42318", "not_checked": "#57606a", "cannot_judge": "#9a6700"}


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
    return _template().render(results=results, points=points, maximum=maximum)


@cache
def _template() -> Template:
    """The page's part for one cell; texts, which may quote a student, are shown as they are: no formula for MathJax."""
    filters = {"as_written": _as_written, "cause": _cause, "points": show_points, "word": _word}
    environment = page_environment(TEMPLATES, filters=filters)
    return environment.get_template("reasons.html", globals={"colors": _COLORS, "signs": _SIGNS})


def _as_written(text: str) -> Markup:
    return Markup(show_as_text(escape(visible(text))))


def _word(result: CheckResult) -> str:
    return "partly right" if result.outcome == "failed" and result.points else _WORDS[result.outcome]


def _cause(result: CheckResult) -> str:
    """What explains a failed check, in words that continue "probably this"; empty if nothing does."""
    if result.same_as:
        return f"is the same as in “{result.same_as}”"
    return f"follows from: {in_words(result.consequence_of)}" if result.consequence_of else ""
