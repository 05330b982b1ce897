"""Makes what a student wrote harmless before a person opens it in a browser.

Stands between verdict and report in the flow course material -> submission -> trace -> verdict -> gradebook
-> report. Outputs are cleaned once, when the submission is graded. Markdown is cleaned whenever the formgrader shows
it; `autograder.nbgrader_settings` names `markdown_to_html` as its filter. Pages of our own use `shown.page_text`.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode, from_dict

from autograder.notebook_output import PICTURES, TEXTS, well_formed
from autograder.shown.formulas import is_of_symbols, typeset_only_symbols
from autograder.shown.visible import SHOWN, in_one_direction

_SHOWN = (*TEXTS, *PICTURES)
_PICTURE_URL = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
_CONTROLS = re.compile(r"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_SPAN = re.compile(r"[1-9]\d?")
_LINK = re.compile(r"(https://|mailto:)[!-~]+", re.IGNORECASE)
# Of one cell: characters, and environments of TeX, each of which makes the parser look through all of the rest. Beyond,
# a cell takes seconds to be read, and is shown as it is; so is one that is nested too deep.
_MAX_MARKDOWN, _MAX_ENVIRONMENTS = 2**15, 200

# What text and tables need. No class, id or style: those of the page could be used to cover it.
_TAGS = """
    a abbr b blockquote br caption center cite code col colgroup dd del dfn dl dt em figcaption figure h1 h2 h3 h4 h5 h6
    hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul
    var div
"""
_SPANS = {"colspan", "rowspan"}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "td": _SPANS, "th": _SPANS}
_CONTENT_GOES = {"script", "style", "title", "template", "noscript", "iframe", "noembed", "noframes", "textarea", "svg"}
_CONTENT_GOES |= {"math", "select", "object", "xmp", "plaintext"}


def clean_html(html: str) -> str:
    """`html` of text, tables and pictures only: nothing runs, loads, covers anything or leads into this site."""
    cleaned = nh3.clean(
        in_one_direction(html),
        tags=set(_TAGS.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        clean_content_tags=_CONTENT_GOES,
        url_schemes={"https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    return typeset_only_symbols(cleaned)


@pass_context
def markdown_to_html(context: Context, source: str) -> str:
    """The Jinja filter `markdown2html` of the formgrader, with a clean result."""
    if is_too_much(source):
        return _as_it_is(source)
    renderer = MarkdownRenderer(escape=False, attachments=_pictures(context.get("cell")), exclude_anchor_links=True)
    try:
        return clean_html(MarkdownWithMath(renderer=renderer).render(source))
    except RecursionError:
        return _as_it_is(source)


def is_too_much(source: str) -> bool:
    """Whether a text of Markdown would take too long to be read, and is to be shown as it is."""
    return len(source) > _MAX_MARKDOWN or source.count(r"\begin") > _MAX_ENVIRONMENTS


class MarkdownRenderer(IPythonRenderer):
    """nbconvert's, for which a picture that is missing is no reason to show nothing at all."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        return (
            escape(f"[{text}: missing]") if name != url and name not in self.attachments else super().image(text, url)
        )


def _pictures(cell: Any) -> dict[str, dict[str, str]]:
    found = cell.get("attachments") if isinstance(cell, dict) else None
    return found if isinstance(found, dict) else {}


def _as_it_is(source: str) -> str:
    return f"<pre>{escape(in_one_direction(source))}</pre>"


def clean_outputs(notebook: NotebookNode) -> None:
    """Keep of every code cell's outputs, in place, what is text or a picture, well formed and harmless."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = cleaned(cell.outputs)
            count = cell.get("execution_count")
            cell.execution_count = count if type(count) is int and count > 0 else None


def cleaned(outputs: Iterable[Any]) -> list[NotebookNode]:
    """Of outputs, in which anything may be, what is text or a picture, well formed and harmless."""
    return [clean for output in outputs if (clean := _clean_output(output))]


def _clean_output(output: Any) -> NotebookNode | None:
    plain = well_formed(output)
    if plain is None:
        return None
    if plain["output_type"] == "stream":
        plain["text"] = _printed(plain["text"])
    elif plain["output_type"] == "error":
        plain |= {"ename": _printed(plain["ename"]), "evalue": _printed(plain["evalue"])}
        plain["traceback"] = [_printed(line) for line in plain["traceback"]]
    else:
        plain["data"] = _clean_data(plain["data"])
        if not plain["data"]:
            return None
        if plain["output_type"] == "execute_result":
            plain["execution_count"] = None
    return from_dict(plain)


def _clean_data(data: Mapping[str, str]) -> dict[str, str]:
    shown = {mime: text if mime in PICTURES else _printed(text) for mime, text in data.items() if mime in _SHOWN}
    if "text/html" in data:
        shown["text/html"] = clean_html(data["text/html"])
    if not is_of_symbols(shown.get("text/latex", "")):  # the page would leave it to MathJax as it is
        latex = shown.pop("text/latex")
        shown.setdefault("text/plain", latex)
    return shown


def _printed(text: str) -> str:
    """Text as a program printed it, with its colours, and without other escape sequences and controls."""
    return _CONTROLS.sub(SHOWN, in_one_direction(text))


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    patterns = {"src": _PICTURE_URL, "href": _LINK, "colspan": _SPAN, "rowspan": _SPAN}
    if name in patterns:
        return value if patterns[name].fullmatch(value) else None
    return value if name in ("alt", "rel") else None  # the latter is set by `link_rel`
