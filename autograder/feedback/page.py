"""Makes the page of a `Feedback`: self-contained HTML that loads nothing and runs nothing."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from autograder.feedback.records import Feedback, State
from autograder.shown import page_text
from autograder.shown.page_templates import page_environment
from autograder.verdict import in_words, show_points

TEMPLATES = Path(__file__).parent / "templates"
SIGNS = {"passed": "✓", "failed": "✗", "not_checked": "–", "cannot_judge": "?"}
WORDS = {
    "passed": "right",
    "failed": "not right yet",
    "not_checked": "not checked",
    "cannot_judge": "a person will look at it",
}
COLORS = {
    State.RIGHT: "good",
    State.MARKED: "good",
    State.PARTLY: "odd",
    State.PERSON: "odd",
    State.WRONG: "bad",
    State.EMPTY: "bad",
    State.UNCHECKED: "none",
    State.UNMARKED: "none",
}
FEW_LINES = 8  # of a printed text that stands open on the page
FEW_CHARACTERS = 6000  # of code that stands open beside what is to be mended in it


def render(feedback: Feedback) -> str:
    """The page; a text of anybody shows what is in it."""
    names = {"signs": SIGNS, "words": WORDS, "colors": COLORS, "person": State.PERSON, "right": State.RIGHT}
    names |= {"few": FEW_LINES, "few_characters": FEW_CHARACTERS}
    return environment_of(TEMPLATES).get_template("feedback.html").render(page=feedback, **names) + "\n"


@lru_cache(maxsize=8)
def environment_of(*folders: Path) -> Environment:
    """For templates that use these filters, or the parts of pages that lie beside this module."""
    filters: dict[str, Any] = {"points": show_points, "reason": page_text.reason, "in_words": in_words, "lines": _lines}
    return page_environment(*folders, filters=filters)


def _lines(code: str | Markup) -> str:
    number = code.strip().count("\n") + 1
    return f"{number} line{'' if number == 1 else 's'}"
