"""Makes what a student wrote harmless before a person opens it in a browser.

Stands between verdict and report in the flow course material -> submission -> trace -> verdict -> gradebook
-> report. Outputs are cleaned once, when the submission is graded. Markdown is cleaned whenever nbgrader
renders a feedback page or the formgrader; `autograder.nbgrader_settings` names `markdown_to_html` as its filter.
"""

import re
from html import escape
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from autograder.report.formulas import is_of_symbols, typeset_only_symbols
from autograder.report.visible import SHOWN, in_one_direction

_TEXT = ("text/plain", "text/html", "text/markdown", "text/latex")
_PICTURES = ("image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
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
    """The Jinja filter `markdown2html` of the feedback page and the formgrader, with a clean result."""
    if len(source) > _MAX_MARKDOWN or source.count(r"\begin") > _MAX_ENVIRONMENTS:
        return _as_it_is(source)
    renderer = _Renderer(escape=False, attachments=_pictures(context.get("cell")), exclude_anchor_links=True)
    try:
        return clean_html(MarkdownWithMath(renderer=renderer).render(source))
    except RecursionError:
        return _as_it_is(source)


class _Renderer(IPythonRenderer):
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
            cell.outputs = [clean for output in cell.outputs if (clean := _clean_output(output))]
            count = cell.get("execution_count")
            cell.execution_count = count if type(count) is int and count > 0 else None


def _clean_output(output: Any) -> NotebookNode | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return NotebookNode(output_type="stream", name=name, text=_printed(output.get("text")))
    if kind == "error":
        traceback = output.get("traceback")
        return NotebookNode(
            output_type="error",
            ename=_printed(output.get("ename")),
            evalue=_printed(output.get("evalue")),
            traceback=[_printed(line) for line in traceback] if isinstance(traceback, list) else [],
        )
    if kind not in ("display_data", "execute_result") or not isinstance(output.get("data"), dict):
        return None
    data: dict[str, str] = {}
    for mime in _TEXT:
        if mime in output["data"]:
            text = _text(output["data"][mime])
            data[mime] = clean_html(text) if mime == "text/html" else _printed(text)
    if not is_of_symbols(data.get("text/latex", "")):  # the page would leave it to MathJax as it is
        data.setdefault("text/plain", data["text/latex"])
        del data["text/latex"]
    for mime in _PICTURES:
        picture = _text(output["data"].get(mime, ""))
        if picture and _BASE64.fullmatch(picture):
            data[mime] = picture
    if not data:
        return None
    count = {"execution_count": None} if kind == "execute_result" else {}
    return NotebookNode(output_type=kind, data=NotebookNode(data), metadata=NotebookNode(), **count)


def _text(value: Any) -> str:
    """`value` as text that can be written to a file; notebooks may hold it as a list of lines."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _printed(value: Any) -> str:
    """Text as a program printed it, with its colours, and without other escape sequences and controls."""
    return _CONTROLS.sub(SHOWN, in_one_direction(_text(value)))


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    patterns = {"src": _PICTURE_URL, "href": _LINK, "colspan": _SPAN, "rowspan": _SPAN}
    if name in patterns:
        return value if patterns[name].fullmatch(value) else None
    return value if name in ("alt", "rel") else None  # the latter is set by `link_rel`
