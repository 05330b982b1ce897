"""Reads from the outputs of a cell why it stopped: type, words and line of the error. Between submission and trace.

The texts come from the submission's own process and may be anything: they are only looked at with patterns that take
linear time, and what is taken over is one printable, short line.
"""

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from autograder.execution import CellFailure, Place
from autograder.intake import grade_id

MAX_TEXT = 300  # characters of a message; Python's own are shorter
MAX_CODE = 120  # characters of a line that are quoted
MAX_TRACEBACK = 200_000  # characters that are looked at, from the end
NO_INPUT = "StdinNotImplementedError"  # what `input()` raises where nobody can answer

_EXIT = re.compile(r"\b(?:_?exit|quit)\(|^\s{0,40}(?:exit|quit)\s{0,40}$|\braise SystemExit\b")
_ANSI = re.compile(r"\x1b\[[0-9;]{0,20}m")
_FRAME = re.compile(r"^ {0,4}Cell In\[(\d{1,9})\], line (\d{1,9})", re.MULTILINE)
_FRAME_OF_MAGIC = re.compile(r"^File <timed exec>:(\d{1,9})", re.MULTILINE)
_FILE = re.compile(r" \([\w<>.-]{1,60}, line (\d{1,9})\)$")  # that Python adds to what it says about syntax


def read_failure(cells: Sequence[NotebookNode], index: int, interrupted: bool) -> CellFailure:
    """Why a code cell stopped, after it ran.

    Args:
        cells: all code cells, with the outputs and numbers of this run.
        index: of the cell.
        interrupted: whether we interrupted it.
    """
    errors = [output for output in cells[index].outputs if output.output_type == "error"]
    if not errors:
        return CellFailure(place_of(cells, index), "TimeLimit" if interrupted else "", "")
    error = errors[-1]
    said = short(error.evalue, MAX_TEXT + 100)
    file = _FILE.search(said)
    text = _ANSI.sub("", "\n".join(error.traceback)[-MAX_TRACEBACK:])
    own, inside = _lines(cells, index, text)
    if not own and file:
        own = int(file[1])
    if not own and error.ename == "SystemExit":
        own = line_of_exit(cells[index].source)
    return CellFailure(
        place_of(cells, index, own),
        "TimeLimit" if interrupted else short(error.ename, 60),
        short(said[: file.start()] if file else said, MAX_TEXT),
        inside,
    )


def place_of(cells: Sequence[NotebookNode], index: int, line: int = 0) -> Place:
    """A code cell, and a line of it."""
    lines = cells[index].source.split("\n") if line else []
    known = 0 < line <= len(lines)
    return Place(
        index + 1, grade_id(cells[index]) or "", line if known else 0, quoted(lines[line - 1]) if known else ""
    )


def quoted(line: str) -> str:
    """A line of code as it may stand between backquotes."""
    return short(line, MAX_CODE).replace("`", "'")


def line_of_exit(source: str) -> int:
    """The first line of a cell that seems to end its process, from 1; 0 where there is none."""
    lines = source.split("\n")
    return next((number for number, line in enumerate(lines, start=1) if _EXIT.search(line)), 0)


def short(text: str, most: int) -> str:
    """`text` on one line, without what a terminal or a page would act upon, and not long."""
    line = " ".join(text[: 4 * most].split())
    clean = "".join(letter if letter.isprintable() else "?" for letter in line)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def _lines(cells: Sequence[NotebookNode], index: int, traceback: str) -> tuple[int, Place | None]:
    """The line of the cell itself, 0 if unknown, and the innermost one of another cell, if any."""
    frames = [(int(count), int(line)) for count, line in _FRAME.findall(traceback)]
    number = cells[index].execution_count
    own = [line for count, line in frames if count == number]
    line = own[-1] if own else 0
    timed = _FRAME_OF_MAGIC.search(traceback)
    if timed and cells[index].source.startswith("%%"):
        line = int(timed[1]) + 1  # after the line of the magic
    others = [place for place, cell in enumerate(cells) if frames and cell.execution_count == frames[-1][0]]
    inside = place_of(cells, others[-1], frames[-1][1]) if others and others[-1] != index else None
    return line, inside
