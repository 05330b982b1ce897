"""Reduces a large notebook to what grading uses of it, in a process of its own with limits on memory and time.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. JSON may
become thirty times its size when it is parsed, and most of a large notebook are outputs, on which no grade rests. So no
process that goes on to live parses one: this one does, and hands back a small notebook with sources, names, pictures of
the answers, and as much of the outputs as is compared with a run. It imports little, so that it starts quickly.
"""

import gc
import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from autograder.notebook_output import is_base64, text_of, well_formed
from coursekit.notebook_file import MAX_BYTES, joined, load_cells
from coursekit.text import writable

MEMORY = 2**30  # bytes of address space: 128 MiB of outputs take 0.5 GiB while they are parsed
SECONDS = 60  # of processor time; the machine may be busy, so the clock may run ten times as long
MAX_KEPT = 16 * 2**20  # bytes of all sources and pictures of the answers
MAX_OUTPUT_BYTES = 12 * 2**20  # of all outputs that are kept for comparing; those of a plain run take 5 MiB
MAX_CELL_OUTPUTS = 200
MAX_ATTACHMENTS = 50  # of one cell
MAX_NAME = 100  # characters of the name of one that is not shown
MAX_TEXT = 200_000  # characters of one output that are compared and shown
CUT = "\n[the rest was left out]"
LEFT_OUT = "outputs_left_out"  # in the metadata of a cell: it had more outputs than were kept
TOO_MUCH = "it takes more than one minute or 1 GiB of memory to read"

_MARKS = ("grade", "solution", "locked", "task")


def distil_file(descriptor: int) -> bytes:
    """The reduced notebook of an open file, made in another process.

    Raises:
        ValueError: it cannot be read; the message says why, as a clause without a full stop.
    """
    command = [sys.executable, "-P", "-m", "autograder.distil"]
    try:
        done = subprocess.run(command, stdin=descriptor, capture_output=True, timeout=10 * SECONDS)
    except subprocess.TimeoutExpired:
        raise ValueError(TOO_MUCH) from None
    if done.returncode == 0:
        return done.stdout
    told = done.stdout.decode("utf-8", "replace").strip()
    raise ValueError(told if done.returncode == 1 and told else TOO_MUCH)


def distil(content: bytes) -> bytes:
    """The notebook with sources, names, attachments and the outputs that can be compared, and nothing else.

    Raises:
        ValueError: it cannot be read, or holds more text and pictures than can be kept.
    """
    source = load_cells(content)
    del content
    room, cells, size = MAX_OUTPUT_BYTES, [], 0
    for cell in source:
        kept = _reduced(cell)
        size += len(_encoded(kept))
        if size > MAX_KEPT:
            raise ValueError(f"its cells hold more than {MAX_KEPT // 2**20} MiB of text and pictures")
        if kept["cell_type"] == "code":
            found = cell.get("outputs")
            outputs = [plain_output(output) for output in found[:MAX_CELL_OUTPUTS]] if isinstance(found, list) else []
            kept["outputs"] = [output for output in outputs if output]
            taken = len(_encoded(kept["outputs"]))
            if taken > room:
                kept["outputs"], kept["metadata"][LEFT_OUT] = [], True
            else:
                room -= taken
        cells.append(kept)
    return _encoded({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def plain_output(output: Any) -> dict[str, Any] | None:
    """An output of a notebook in one well-formed shape and of bounded size, or None where it has none to compare."""
    plain = well_formed(output, _shortened)
    if plain is None or plain["output_type"] == "stream":
        return plain
    if plain["output_type"] == "error":
        return plain | {"traceback": []}
    data = {mime: text for mime, text in plain["data"].items() if text}
    return plain | {"output_type": "display_data", "data": data} if data else None


def attachments(value: Any) -> dict[str, dict[str, str]]:
    """The pictures pasted into a text cell, as far as they are well formed."""
    if not isinstance(value, dict):
        return {}
    return {
        writable(name): {"image/" + kind: data}
        for name, bundle in list(value.items())[:MAX_ATTACHMENTS]
        if isinstance(bundle, dict)
        for kind in ("png", "jpeg", "gif")
        if is_base64(data := joined(bundle.get("image/" + kind)))
    }


def unshown(value: Any) -> tuple[str, ...]:
    """The names of what is pasted into a text cell and is of no kind that is shown, such as image/svg+xml."""
    if not isinstance(value, dict):
        return ()
    return tuple(
        writable(name)[:MAX_NAME] for name in list(value)[:MAX_ATTACHMENTS] if not attachments({name: value[name]})
    )


def marks_of(cell: Mapping[str, Any]) -> dict[str, Any]:
    """nbgrader's marks of a cell that somebody else wrote, as far as they are well formed; {} where it has none."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(marks, dict) or not isinstance(marks.get("grade_id"), str):
        return {}
    return {"grade_id": writable(marks["grade_id"][:200])} | {name: marks.get(name) is True for name in _MARKS}


def ids_of(cell: Mapping[str, Any]) -> tuple[str, ...]:
    """The cell's own ids: where format 4.5 has one, and where Colab puts it; Jupyter then gives it a second one."""
    metadata = cell.get("metadata")
    found = (cell.get("id"), metadata.get("id") if isinstance(metadata, dict) else None)
    return tuple(writable(name) for name in found if isinstance(name, str) and 0 < len(name) <= 64)


def _reduced(cell: Mapping[str, Any]) -> dict[str, Any]:
    kind = cell.get("cell_type")
    marks, ids, count = marks_of(cell), ids_of(cell), cell.get("execution_count")
    pasted = cell.get("attachments")
    return {
        "cell_type": kind if kind in ("code", "markdown") else "raw",
        "id": ids[0] if ids else None,
        "metadata": ({"nbgrader": marks} if marks else {}) | ({"id": ids[-1]} if ids else {}),
        "source": text_of(cell.get("source")),
        "attachments": {name: {} for name in unshown(pasted)} | attachments(pasted),
        "execution_count": count if type(count) is int else None,
    }


def _encoded(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8")


def _shortened(value: Any) -> str:
    text = joined(value)
    return writable(text if len(text) <= MAX_TEXT + len(CUT) else text[:MAX_TEXT] + CUT)


def _main() -> int:
    gc.disable()  # it would look through all of a large notebook again and again
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        made = distil(sys.stdin.buffer.read(MAX_BYTES + 1))
    except ValueError as error:
        sys.stdout.write(str(error))
        return 1
    except MemoryError:
        return 2
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
