"""The pages of the desk: escaped text, cleaned Markdown, one style sheet, one script, and nothing of anybody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from autograder.marking.desk import Progress
from autograder.marking.records import Given, Mark, Question, Standing, Text, Work
from autograder.marking.rubric import as_written
from autograder.shown.page_templates import page_environment
from autograder.shown.page_text import markdown
from autograder.shown.visible import in_one_direction

TEMPLATES = Path(__file__).parent / "templates"
MAX_CODE = 20_000  # characters of one cell that are shown


@dataclass(frozen=True)
class Place:
    """Where an answer lies among those to its question.

    Attributes:
        number: what stands for its team.
        position: counted from 1.
        all: how many there are.
        before: the number of the one before, or None.
        after: of the one after, or None.
        left: how many wait for a mark.
    """

    number: str
    position: int
    all: int
    before: str | None
    after: str | None
    left: int


def render_overview(title: str, progress: Sequence[Progress], told: str = "") -> str:
    """All questions, and how far each is."""
    return _template("overview.html").render(title=title, progress=progress, told=told)


def render_answer(
    title: str,
    question: Question,
    place: Place,
    work: Work,
    mark: Mark,
    clicked: Sequence[float] | None,
    others: int = 0,
    refused: Given | None = None,
    told: str = "",
) -> str:
    """One answer, and how it is marked.

    Args:
        title: of the assignment.
        question: which is answered.
        place: of the answer.
        work: what was handed in.
        mark: what the gradebook holds.
        clicked: what was given for each criterion, where that is known.
        others: how many other markers have it before them.
        refused: what this marker gave, which was not written.
        told: why not.
    """
    return _template("answer.html").render(
        title=title,
        question=question,
        place=place,
        work=work,
        mark=mark,
        clicked=refused.clicked if refused else clicked,
        points=_first(refused.points if refused else None, mark.points),
        comment=refused.comment if refused else mark.comment,
        others=others,
        refused=refused,
        told=told,
        standings=Standing,
    )


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


@cache
def _environment() -> Environment:
    filters: dict[str, Any] = {"points": as_written, "markdown": _markdown, "inline": _inline, "code": _code}
    return page_environment(TEMPLATES, filters=filters, shown=in_one_direction)


def _template(name: str) -> Any:
    return _environment().get_template(name)


def _markdown(text: str | Text) -> Markup:
    return markdown(text.source, text.attachments) if isinstance(text, Text) else markdown(text)


def _inline(text: str) -> Markup:
    """Markdown of one line, without a paragraph around it."""
    html = str(_markdown(text)).strip()
    inside = html.removeprefix("<p>").removesuffix("</p>")
    return Markup(html if "<p>" in inside else inside)


def _code(text: str) -> str:
    return text if len(text) <= MAX_CODE else f"{text[:MAX_CODE]}\n[the rest is left out]"
