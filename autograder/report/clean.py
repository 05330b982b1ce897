"""Makes what a student wrote harmless before a person opens it in a browser.

Stands between verdict and report in the flow course material -> submission -> trace -> verdict -> gradebook
-> report. Outputs are cleaned once, when the submission is graded. Markdown is cleaned whenever nbgrader
renders a feedback page or the formgrader; `nbgrader_config.py` names `markdown_to_html` as its filter.
"""

import re
from copy import deepcopy
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

_TEXT = ("text/plain", "text/html", "text/markdown", "text/latex")
_PICTURES = ("image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
# What MathJax makes links, styles and further extensions of, in formulas that look harmless as text:
# https://docs.mathjax.org/en/v2.7-latest/safe-mode.html
_COMMANDS = re.compile(r"\\(?=(?:href|style|cssId|class|bbox|require|data|unicode)(?![A-Za-z]))")
_PICTURE_URL = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")

_ATTRIBUTES: dict[str, set[str]] = deepcopy(nh3.ALLOWED_ATTRIBUTES)
for _tag in ("a", "code", "div", "img", "p", "pre", "span", "table", "tbody", "td", "th", "thead", "tr"):
    _ATTRIBUTES.setdefault(_tag, set()).add("class")
for _tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
    _ATTRIBUTES.setdefault(_tag, set()).add("id")


def clean_html(html: str) -> str:
    """`html` without scripts, styles, forms, frames, and without anything that loads from another place."""
    return clean_formulas(
        nh3.clean(
            html,
            attributes=_ATTRIBUTES,
            attribute_filter=_keep_attribute,
            url_schemes={"http", "https", "mailto", "data"},
        )
    )


def clean_formulas(text: str) -> str:
    """`text` with formulas that make no link and load nothing; such commands are shown by their name instead."""
    return _COMMANDS.sub(r"\\backslash ", text)


@pass_context
def markdown_to_html(context: Context, source: str) -> str:
    """The Jinja filter `markdown2html` of the feedback page and the formgrader, with a clean result."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))


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
        return NotebookNode(output_type="stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        traceback = output.get("traceback")
        return NotebookNode(
            output_type="error",
            ename=_text(output.get("ename")),
            evalue=_text(output.get("evalue")),
            traceback=[_text(line) for line in traceback] if isinstance(traceback, list) else [],
        )
    if kind not in ("display_data", "execute_result") or not isinstance(output.get("data"), dict):
        return None
    data: dict[str, str] = {}
    for mime in _TEXT:
        if mime in output["data"]:
            text = _text(output["data"][mime])
            clean = {"text/html": clean_html, "text/latex": clean_formulas}.get(mime, str)
            data[mime] = clean(text)
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


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if _PICTURE_URL.fullmatch(value) else None
    if name in ("href", "cite") and value.strip().lower().startswith("data:"):
        return None
    return value
