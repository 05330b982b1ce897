"""The page of one submission: what was handed in and what a new run shows, side by side.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report. All texts
are escaped, HTML is cleaned as on the feedback pages, and figures are embedded only if they could be decoded.
"""

from pathlib import Path
from typing import Any

import nh3
from markupsafe import Markup

from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, NOT_COVERED, WITHIN
from autograder.reproduce.outputs import KIND_NAMES, Pair, Part
from autograder.reproduce.reruns import Reproduction
from autograder.shown.clean import clean_html
from autograder.shown.page_templates import page_environment
from autograder.shown.visible import in_one_direction

TEMPLATES = Path(__file__).parent.parent / "report" / "templates"
MAX_SHOWN = 20_000  # characters of one text
_COLORS = {IDENTICAL: "good", WITHIN: "near", DIFFERENT: "bad", NOT_COVERED: "none"}


def render(reproduction: Reproduction, title: str) -> str:
    """The page: self-contained HTML that loads nothing and runs nothing."""
    environment = page_environment(TEMPLATES, filters={"sides": _sides}, shown=in_one_direction)
    template = environment.get_template("reproduction.html")
    names = {"kinds": KIND_NAMES, "colors": _COLORS, "different": DIFFERENT}
    return template.render(run=reproduction, title=title, **names) + "\n"


def _sides(pair: Pair) -> list[dict[str, Any]]:
    """Both sides of a pair: each with `text`, `markup` and `picture` (an address), of which those unused are empty."""
    return [
        _side(part, drawable) for part, drawable in zip((pair.submitted, pair.executed), pair.drawable, strict=True)
    ]


def _side(part: Part | None, drawable: bool) -> dict[str, Any]:
    if part is None:
        return {"text": "", "markup": "", "picture": "", "missing": "nothing"}
    if part.kind == "figure":
        picture = f"data:{part.mime};base64,{''.join(part.picture.split())}" if drawable else ""
        return {"text": "", "markup": "", "picture": picture, "missing": "" if drawable else "not shown"}
    if part.markup:
        # no pictures: those in HTML have not been looked at, and may be far too large
        clean = nh3.clean(clean_html(part.markup[:MAX_SHOWN]), tags=nh3.ALLOWED_TAGS - {"img"})
        return {"text": "", "markup": Markup(clean), "picture": "", "missing": ""}
    text = part.text if len(part.text) <= MAX_SHOWN else part.text[:MAX_SHOWN] + "\n[...]"
    return {"text": text.replace("\r", "\n"), "markup": "", "picture": "", "missing": ""}
