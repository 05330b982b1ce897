"""Brings an output of a notebook, in which anything may be, to one well-formed shape.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Whoever
goes on with an output decides what its text becomes: `distil` bounds its size, and `shown.clean` makes it harmless.
It imports little, since `distil` is started for each large notebook.
"""

import re
from collections.abc import Callable
from typing import Any

from coursekit.notebook_file import joined
from coursekit.text import writable

PICTURES = ("image/png", "image/jpeg", "image/gif")
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


def is_base64(text: str) -> bool:
    return _BASE64.fullmatch(text) is not None


def text_of(value: Any) -> str:
    """The text of a source or an output, as text that can be written to a file; "" for anything else."""
    return writable(joined(value))


def well_formed(output: Any, read_text: Callable[[Any], str] = text_of) -> dict[str, Any] | None:
    """An output as nbformat wants it, of text and pictures only; None where there is neither.

    Args:
        output: as somebody else's JSON has it.
        read_text: what is made of each of its texts.
    """
    kind = output.get("output_type") if isinstance(output, dict) else None
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": read_text(output.get("text"))}
    if kind == "error":
        name, value, lines = read_text(output.get("ename")), read_text(output.get("evalue")), output.get("traceback")
        traceback = [read_text(line) for line in lines] if isinstance(lines, list) else []
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}
    data = output.get("data") if kind in ("display_data", "execute_result") else None
    if not isinstance(data, dict):
        return None
    texts = {mime: read_text(data[mime]) for mime in TEXTS if mime in data}
    pictures = {mime: text for mime in PICTURES if is_base64(text := joined(data.get(mime)))}
    if not texts and not pictures:
        return None
    return {"output_type": kind, "metadata": {}, "data": texts | pictures}
