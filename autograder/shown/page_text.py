"""Texts for a page of our own: Markdown of students and of the release, reasons, and what cells printed.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report. All of it
comes out as harmless markup with its formulas typeset. A heading in it is a bold line: the headings of a page are the
page's own.
"""

import re
import secrets
from collections.abc import Mapping
from html import escape

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from autograder.shown.clean import MarkdownRenderer, clean_html, is_too_much
from autograder.shown.formulas import split_at_tags
from autograder.shown.mathml import to_mathml
from autograder.shown.visible import in_one_direction, visible

MAX_FORMULAS = 300  # of one cell that are typeset; a page of a thesis has some thirty
MAX_PRINTED = 20_000  # characters of one printed text that are shown
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"<(/?)h[1-6]>")
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_LATEX = re.compile(r"\s*(?:\$\$(?P<double>.*)\$\$|\$(?P<single>[^$]*)\$|\\\[(?P<display>.*)\\\])\s*", re.DOTALL)


def markdown(source: str, attachments: Mapping[str, dict[str, str]] | None = None) -> Markup:
    """Markdown of anybody, rendered and cleaned.

    Args:
        source: the text.
        attachments: the pictures pasted into it, as base64 by name and type.
    """
    if is_too_much(source):
        return printed(source)
    renderer = _PageRenderer(dict(attachments or {}))
    try:
        rendered = clean_html(MarkdownWithMath(renderer=renderer).render(source))
    except RecursionError:
        return printed(source)
    return Markup(_without_headings(renderer.put_formulas_into(rendered)))


def html_output(html: str) -> Markup:
    """HTML that a cell showed, cleaned."""
    return Markup(_without_headings(clean_html(html)))


def latex_output(text: str) -> Markup:
    """A formula that a cell showed; as text where it cannot be typeset."""
    found = _LATEX.fullmatch(text)
    formula = next((part for part in found.groups() if part is not None), text) if found else text
    return Markup(made) if (made := to_mathml(formula, block=True)) else printed(text)


def printed(text: str) -> Markup:
    """What a program printed, without colours; of a progress bar, its last state."""
    plain = _ESCAPES.sub("", text).replace("\r\n", "\n")
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in plain.split("\n")]
    shown = visible("\n".join(lines)).strip("\n")
    if len(shown) > MAX_PRINTED:
        shown = f"{shown[:MAX_PRINTED]}\n[the rest is left out]"
    return Markup(f"<pre>{escape(shown)}</pre>")


def reason(text: str) -> Markup:
    """A sentence of a check, which may quote anybody: text as it is, with code where it stands in backticks."""
    return Markup(_CODE.sub(r"<code>\1</code>", escape(visible(" ".join(text.split())))))


def plain(markup: Markup) -> str:
    """The text in a markup, on one line, with formulas as they are read."""
    return " ".join(markup.striptags().split())


class _PageRenderer(MarkdownRenderer):
    """Puts a word of its own in the place of each formula, since cleaning would take MathML away."""

    def __init__(self, attachments: dict[str, dict[str, str]]) -> None:
        super().__init__(escape=False, attachments=attachments, exclude_anchor_links=True)
        self.word = f"formula{secrets.token_hex(8)}n"  # nobody can have written it
        self.formulas: list[tuple[str, bool]] = []

    def inline_math(self, body: str) -> str:
        return self._place(body, block=False)

    def block_math(self, body: str) -> str:
        return self._place(body, block=True)

    def multiline_math(self, text: str) -> str:
        """What stands between double dollars, with them, or an environment."""
        found = _LATEX.fullmatch(text)
        body = next((part for part in found.groups() if part is not None), text) if found else text
        return self._place(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        whole = rf"\begin{{{name}}}{body}\end{{{name}}}"
        return self._place(whole, block=True)

    def put_formulas_into(self, html: str) -> str:
        """The cleaned page with each formula in its place; inside of a tag, such as in an alt text, as its text."""
        place = re.compile(rf"{self.word}(\d+)x")
        pieces = split_at_tags(html)
        pieces[::2] = [place.sub(lambda found: self._typeset(int(found[1])), piece) for piece in pieces[::2]]
        pieces[1::2] = [place.sub(lambda found: self._as_text(int(found[1])), piece) for piece in pieces[1::2]]
        return "".join(pieces)

    def _place(self, body: str, block: bool) -> str:
        self.formulas.append((body, block))
        return f"{self.word}{len(self.formulas) - 1}x"

    def _typeset(self, number: int) -> str:
        body, block = self.formulas[number]
        made = to_mathml(body, block=block) if number < MAX_FORMULAS else None
        return made or f"<code>{self._as_text(number)}</code>"

    def _as_text(self, number: int) -> str:
        body, block = self.formulas[number]
        return escape(in_one_direction(f"$${body}$$" if block else f"${body}$"))


def _without_headings(html: str) -> str:
    return _HEADING.sub(lambda found: "</strong></p>" if found[1] else "<p><strong>", html)
