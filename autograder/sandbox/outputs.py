"""Keeps of a notebook's outputs what is well formed and not too much, while it runs in the sandbox.

Stands between submission and trace. Every message comes from the submission's own process and may be
anything; what is kept here goes through nbgrader into the feedback page, so only the fields that a notebook
file knows are taken over, as plain text that can be written as UTF-8. Bounded in size, in count and in time.
"""

from typing import Any

from nbformat import NotebookNode

OUTPUT_COST = 200  # bytes that an output takes besides its text, so that many small ones are bounded too
CUT = "[The output of this notebook is longer than what is kept; the rest was left out.]\n"


class OutputKeeper:
    """The outputs of one notebook, at most `size` bytes of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[int, int] = {}  # bytes by cell

    def keep(self, outputs: list[NotebookNode], cell: int, kind: str, content: Any) -> None:
        """Appends the output of a kernel's message of that kind to the outputs of a cell, where it is one."""
        output = _clean_output(kind, content)
        if output is None:
            return
        left = self._size - sum(self._kept.values())
        if left <= 0:
            return
        cost = _count(output) + OUTPUT_COST
        self._kept[cell] = self._kept.get(cell, 0) + cost
        if cost <= left:
            outputs.append(output)
            return
        if kind == "stream":
            outputs.append(_stream(output.name, output.text[:left]))
        outputs.append(_stream("stdout", CUT))

    def clear(self, outputs: list[NotebookNode], cell: int) -> None:
        """Forgets the outputs of a cell, as the notebook's page does at `clear_output`."""
        outputs.clear()
        self._kept[cell] = 0


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Joins neighbouring pieces of one stream; of a rewritten line (a progress bar) the last state stays."""
    pieces: list[list[str]] = []
    joined: list[NotebookNode] = []
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif joined and joined[-1].output_type == "stream" and joined[-1].name == output.name:
            pieces[-1].append(output.text)
        else:
            joined.append(output)
            pieces.append([output.text])
    for output, parts in zip((o for o in joined if o.output_type == "stream"), pieces, strict=True):
        lines = "".join(parts).split("\n")
        output["text"] = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return joined


def error_output(name: str, sentence: str) -> NotebookNode:
    """An output that says in a cell why it did not run or did not end."""
    return _error(name, sentence, [f"{name}: {sentence}"])


# nbformat's own `new_output` checks each output against its schema, which takes 2 ms: too long for a flood


def _stream(name: str, text: str) -> NotebookNode:
    return NotebookNode(output_type="stream", name=name, text=text)


def _error(name: str, value: str, traceback: list[str]) -> NotebookNode:
    return NotebookNode(output_type="error", ename=name, evalue=value, traceback=traceback)


def _clean_output(kind: str, content: Any) -> NotebookNode | None:
    """The output that a message stands for; None where it is malformed or no output."""
    if not isinstance(content, dict):
        return None
    if kind == "stream" and content.get("name") in ("stdout", "stderr"):
        return _stream(content["name"], _clean_text(content.get("text")))
    if kind == "error":
        lines = content.get("traceback")
        traceback = [_clean_text(line) for line in lines] if isinstance(lines, list) else []
        return _error(_clean_text(content.get("ename")), _clean_text(content.get("evalue")), traceback)
    if kind in ("display_data", "execute_result"):
        data = content.get("data")
        clean = {
            _clean_text(mime): _clean_text(text)
            for mime, text in (data.items() if isinstance(data, dict) else ())
            if isinstance(text, str)
        }
        output = NotebookNode(output_type=kind, metadata=NotebookNode(), data=NotebookNode(clean))
        if kind == "execute_result":
            count = content.get("execution_count")
            output["execution_count"] = count if type(count) is int and count >= 0 else None  # True is an int, too
        return output
    return None


def _clean_text(value: Any) -> str:
    """A text that can be encoded; half surrogate pairs, which JSON lets through, become question marks."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _count(output: NotebookNode) -> int:
    if output.output_type == "stream":
        return len(output.text)
    if output.output_type == "error":
        return len(output.ename) + len(output.evalue) + sum(len(line) + 8 for line in output.traceback)
    return sum(len(mime) + len(text) for mime, text in output.data.items())
