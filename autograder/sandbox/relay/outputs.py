"""Keeps of a notebook's outputs what is well formed and not too much, while it runs in the sandbox.

Stands between submission and trace. Every message comes from the submission's own process and may be
anything; what is kept here goes through nbgrader into the feedback page, so only the fields that a notebook
file knows are taken over, as plain text that can be written as UTF-8. Bounded in size, in count and in time.
Outputs are plain dictionaries in the form of a notebook file.
"""

import json
from typing import Any

OUTPUT_COST = 200  # bytes that an output, a line of a traceback or a form of a display takes besides its text
MAX_FORMS = 20  # MIME types of one display; IPython makes three
MAX_LINES = 1000  # of one traceback; Python shows at most 1,000 frames
CUT = "[The output of this notebook is longer than what is kept; the rest was left out.]\n"

Output = dict[str, Any]


class OutputKeeper:
    """The outputs of one notebook, at most `size` bytes of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[int, int] = {}  # bytes by cell

    def keep(self, outputs: list[Output], cell: int, kind: str, content: Any) -> None:
        """Appends the output of a kernel's message of that kind to the outputs of a cell, where it is one."""
        output = clean_output({**content, "output_type": kind}) if isinstance(content, dict) else None
        if output is not None:
            self._add(outputs, cell, output, _count(output))

    def drop(self, outputs: list[Output], cell: int) -> None:
        """Notes an output that was too long to be looked at."""
        self._add(outputs, cell, None, self._size)

    def clear(self, outputs: list[Output], cell: int) -> None:
        """Forgets the outputs of a cell, as the notebook's page does at `clear_output`."""
        outputs.clear()
        self._kept[cell] = 0

    def _add(self, outputs: list[Output], cell: int, output: Output | None, cost: int) -> None:
        left = self._size - sum(self._kept.values())
        if left <= 0:
            return
        self._kept[cell] = self._kept.get(cell, 0) + cost
        if output is not None and cost <= left:
            outputs.append(output)
            return
        if output is not None and output["output_type"] == "stream":
            text = output["text"]
            outputs.append(_stream(output["name"], text[: left * len(text) // cost]))
        outputs.append(_stream("stdout", CUT))


def clean_output(output: Any) -> Output | None:
    """The output with the fields that a notebook file knows, and no others; None where it is malformed or none."""
    if not isinstance(output, dict):
        return None
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") in ("stdout", "stderr"):
        return _stream(output["name"], _clean_text(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        traceback = [_clean_text(line) for line in lines[:MAX_LINES]] if isinstance(lines, list) else []
        return _error(_clean_text(output.get("ename")), _clean_text(output.get("evalue")), traceback)
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        forms = [form for form in data.items() if isinstance(form[1], str)] if isinstance(data, dict) else []
        clean = {_clean_text(mime)[:200]: _clean_text(text) for mime, text in forms[:MAX_FORMS]}
        shown: Output = {"output_type": kind, "metadata": {}, "data": clean}
        if kind == "execute_result":
            shown["execution_count"] = clean_count(output.get("execution_count"))
        return shown
    return None


def clean_count(count: Any) -> int | None:
    """A number of an execution, where it is one."""
    return count if type(count) is int and 0 <= count < 2**31 else None  # True is an int, too


def join_streams(outputs: list[Output]) -> list[Output]:
    """Joins neighbouring pieces of one stream; of a rewritten line (a progress bar) the last state stays."""
    pieces: list[list[str]] = []
    joined: list[Output] = []
    for output in outputs:
        if output["output_type"] != "stream":
            joined.append(output)
        elif joined and joined[-1]["output_type"] == "stream" and joined[-1]["name"] == output["name"]:
            pieces[-1].append(output["text"])
        else:
            joined.append(output)
            pieces.append([output["text"]])
    for output, parts in zip((o for o in joined if o["output_type"] == "stream"), pieces, strict=True):
        lines = "".join(parts).split("\n")
        output["text"] = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return joined


def error_output(name: str, sentence: str) -> Output:
    """An output that says in a cell why it did not run or did not end."""
    return _error(name, sentence, [f"{name}: {sentence}"])


def _stream(name: str, text: str) -> Output:
    return {"output_type": "stream", "name": name, "text": text}


def _error(name: str, value: str, traceback: list[str]) -> Output:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}


def _clean_text(value: Any) -> str:
    """A text that can be encoded; half surrogate pairs, which JSON lets through, become question marks."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _count(output: Output) -> int:
    """Bytes that an output takes in a file, and for each of its parts what Python adds."""
    if output["output_type"] == "stream":
        texts = [output["text"]]
    elif output["output_type"] == "error":
        texts = [output["ename"], output["evalue"], *output["traceback"]]
    else:
        texts = [*output["data"], *output["data"].values()]
    return OUTPUT_COST * len(texts) + sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)
