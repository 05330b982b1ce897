"""Reads a notebook together with the outputs that were handed in with it.

Stands between submission and report in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. `intake` drops outputs, since no grade may rest on them; here they are what a new run is compared with.
Anything may be in them: every output is brought to one well-formed shape, and its size is bounded.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

MAX_OUTPUTS = 200  # of one cell
MAX_TEXT = 200_000  # characters of one output that are compared and shown
CUT = "\n[the rest was left out]"
PICTURES = ("image/png", "image/jpeg", "image/gif")
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


def read_submitted(content: bytes) -> NotebookNode:
    """The code cells of a notebook file, with their outputs as `well_formed` leaves them.

    Args:
        content: a file in which `intake.repair` found a notebook.

    Raises:
        ValueError: it is no notebook.
    """
    data = json.loads(content.decode("utf-8-sig"))
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise ValueError("the file is no Jupyter notebook of format 4")
    return _code_cells(cell for cell in data["cells"] if isinstance(cell, dict))


def well_formed(notebook: NotebookNode) -> NotebookNode:
    """The code cells of `notebook`: their names, their sources, and what of their outputs can be compared."""
    return _code_cells(notebook.cells)


def _code_cells(cells: Iterable[Mapping[str, Any]]) -> NotebookNode:
    return new_notebook(cells=[_read_cell(cell) for cell in cells if cell.get("cell_type") == "code"])


def _read_cell(cell: Mapping[str, Any]) -> NotebookNode:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    kept = {}
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        kept = {"grade_id": marks["grade_id"], **{name: marks.get(name) is True for name in ("grade", "solution")}}
    read = new_code_cell(_text(cell.get("source"), most=None), metadata={"nbgrader": kept} if kept else {})
    outputs = cell.get("outputs")
    if isinstance(outputs, list):
        read.outputs = [made for output in outputs[:MAX_OUTPUTS] if (made := _read_output(output)) is not None]
    return read


def _read_output(output: Any) -> NotebookNode | None:
    kind = output.get("output_type") if isinstance(output, dict) else None
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return NotebookNode(output_type="stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        name, value = _text(output.get("ename")), _text(output.get("evalue"))
        return NotebookNode(output_type="error", ename=name, evalue=value, traceback=[])
    if kind not in ("display_data", "execute_result") or not isinstance(output.get("data"), dict):
        return None
    data = {mime: text for mime in TEXTS if (text := _text(output["data"].get(mime)))}
    for mime in PICTURES:
        picture = _text(output["data"].get(mime), most=None)
        if _BASE64.fullmatch(picture):
            data[mime] = picture
    if not data:
        return None
    return NotebookNode(output_type="display_data", metadata=NotebookNode(), data=NotebookNode(data))


def _text(value: Any, most: int | None = MAX_TEXT) -> str:
    """`value` as text that can be written to a file; notebooks may hold it as a list of lines."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    text = value if most is None or len(value) <= most + len(CUT) else value[:most] + CUT
    return text.encode("utf-8", "replace").decode("utf-8")
