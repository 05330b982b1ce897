"""Reads a notebook file, as plain data: the one reader of students, collector, grader and `reproduce`.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. The file
is somebody else's: it may be damaged, in any encoding that an editor writes, or made to cost its reader dearly. Whoever
does not trust its size reads it in a process with limits; here only its number of bytes and cells is bounded.
"""

import json
import re
from typing import Any

MAX_BYTES = 128 * 2**20  # a run with all its figures is below 5 MiB, one with animations in the page may be above 40
MAX_CELLS = 1000

_START = 1024  # bytes, by which one tells what a file is
_KINDS = (  # how files begin that people rename or save in place of a notebook, and what to do
    (rb"PK\x03\x04", "a zip archive (or an Office document), not a notebook; perhaps the notebook is in it"),
    (rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!", "an archive, not a notebook; perhaps the notebook is in it"),
    (rb"%PDF-", "a PDF, not a notebook"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture, not a notebook"),
    (rb"{\\rtf", "a text document (RTF), not a notebook"),
    (rb"version https://git-lfs", "a pointer of Git LFS: the notebook itself was not pushed, so push it without LFS"),
    (rb"(?i)<!doctype html|<html|<head|<\?xml", "a web page (HTML), not a notebook: download the file itself, as Raw"),
    (rb"#!|# ?%%|# coding|# -\*-|#!/usr|import |from \w+ import |\"\"\"", "a Python script, not a notebook"),
)
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)


def load_cells(content: bytes) -> list[dict[str, Any]]:
    """The cells of a notebook of format 4, as its JSON has them.

    Raises:
        ValueError: it cannot be read; the message says why, as a clause without a full stop.
    """
    if not content.strip(b" \t\r\n\0"):
        raise ValueError("the file is empty")
    if len(content) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES // 2**20} MiB")
    text = decode(content)
    start = content[:_START]
    del content  # of a large file, only one copy should be there
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        if line := conflict_line(text):
            raise ValueError(f"it holds the marks of a merge conflict that Git left (line {line})") from None
        if other := other_kind(start):
            raise ValueError(f"it is {other}") from None
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"it is damaged or cut off, since it is not valid JSON{where}") from None
    del text
    if isinstance(data, dict) and isinstance(data.get("worksheets"), list):
        raise ValueError("it is in a format of notebooks from before 2015: open it in JupyterLab, and save it")
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise ValueError("it is no Jupyter notebook of format 4")
    if len(data["cells"]) > MAX_CELLS:
        raise ValueError(f"it has more than {MAX_CELLS} cells")
    if not data["cells"]:
        raise ValueError("it has no cells")
    return [cell for cell in data["cells"] if isinstance(cell, dict)]


def decode(content: bytes) -> str:
    """The text of a file as the editors of Windows, macOS and Linux write it, with or without a byte order mark."""
    encoding = json.detect_encoding(content)
    if encoding != "utf-8":
        return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = content.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    return text if right > wrong else content.decode("cp1252", "replace")  # damaged UTF-8, or another encoding


def other_kind(start: bytes) -> str | None:
    """What a file is that begins like this and is no notebook, and what to do, or None where that cannot be told."""
    start = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((said for pattern, said in _KINDS if re.match(pattern, start)), None)


def conflict_line(text: str) -> int | None:
    """The number of the first line that Git wrote into a file where two versions contradict each other, or None."""
    found = _CONFLICT.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def joined(value: Any) -> str:
    """The text of a source or an output, which notebooks hold as text or as a list of lines; "" for anything else."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
