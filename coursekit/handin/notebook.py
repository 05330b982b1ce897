"""Takes out of a notebook what its PDF must show: the written answers and the printed losses.

Part of the last step before a submission in the flow course material -> submission -> trace -> verdict ->
gradebook -> report. The notebook is somebody else's file, of any content: it is read as plain JSON, and whatever is
not as a notebook has it is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coursekit.budget import ShortRun, find_short_runs
from coursekit.handin.handed_out import UNKNOWN, HandedOut, digest, digest_outputs, marks
from coursekit.notebook_file import joined, load_cells

MAX_PIECES = 2000  # sentences and loss lines; a long homework has some hundred
MAX_NAME = 60  # characters of a cell's name
UNANSWERED = "YOUR ANSWER HERE"

_SKIPPED = re.compile(
    r"\$\$.*?\$\$|(?<!\\)\$[^$\n]+(?:\n[^$\n]+)*\$"  # mathematics
    r"|\\\[.*?\\\]|\\\(.*?\\\)|\\begin\{(\w+\*?)\}.*?\\end\{\1\}"
    r"|!\[[^\]\n]*\]\([^)\n]*\)|(?<=\])\([^)\n]*\)"  # images, and the addresses of links
    r"|<!--.*?-->|</?[a-zA-Z][^<>]*>",  # comments and tags of HTML
    re.DOTALL,
)
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n|\n\s*(?:[-*+|>#]|\d+[.)])|\|")
_LOSS_LINE = re.compile(r"\bloss\b.*\d\.\d", re.IGNORECASE)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class NotebookContent:
    """What a notebook holds, as far as it must be seen in its PDF.

    Attributes:
        answers: pieces of the written answers, at most a sentence each, without mathematics.
        losses: the printed lines with losses.
        unanswered: how many written answers are empty or still the placeholder.
        unrun: how many code cells, not empty, have never been run.
        errors: how many code cells end with an error.
        text: everything in it that a person can read.
        short_runs: the trainings that were cut short.
        changed: names of the cells with given code that was changed.
        as_handed_out: whether it shows only what it showed when it was handed out.
    """

    answers: tuple[str, ...]
    losses: tuple[str, ...]
    unanswered: int
    unrun: int
    errors: int
    text: str
    short_runs: tuple[ShortRun, ...] = ()
    changed: tuple[str, ...] = ()
    as_handed_out: bool = False


def read_notebook(content: bytes, handed_out: HandedOut = UNKNOWN) -> NotebookContent:
    """Read a notebook of format 4; `handed_out` is what it was before anybody worked on it.

    Raises:
        ValueError: it cannot be read; the message says which, without a full stop.
    """
    answers: list[str] = []
    losses: list[str] = []
    texts: list[str] = []
    short_runs: list[ShortRun] = []
    changed: list[str] = []
    unanswered = unrun = errors = 0
    cells = load_cells(content)
    for cell in cells:
        source = joined(cell.get("source"))
        texts.append(source)
        if _is_answer(cell):
            unanswered += source.strip() in ("", UNANSWERED)
            answers += split_sentences(source.replace(UNANSWERED, ""))
        if cell.get("cell_type") == "code":
            unrun += bool(source.strip()) and cell.get("execution_count") is None
            outputs = [output for output in _list(cell.get("outputs")) if isinstance(output, dict)]
            errors += any(output.get("output_type") == "error" for output in outputs)
            printed = [text for output in outputs for text in _printed(output)]
            texts += printed
            short_runs += [run for text in printed for run in find_short_runs(text)]
            if handed_out.given and _is_given(cell) and digest(source) not in handed_out.given:
                changed.append(str(marks(cell).get("grade_id", ""))[:MAX_NAME] or "a cell without a name")
            losses += [line for text in printed for line in text.splitlines() if _LOSS_LINE.search(line)]
    return NotebookContent(
        tuple(answers[:MAX_PIECES]),
        tuple(losses[:MAX_PIECES]),
        unanswered,
        unrun,
        errors,
        "\n".join(texts),
        tuple(short_runs[:MAX_PIECES]),
        tuple(changed),
        as_handed_out=bool(handed_out.shown) and {digest_outputs(cell) for cell in cells} <= {"", *handed_out.shown},
    )


def split_sentences(markdown: str) -> list[str]:
    """The text of `markdown` in pieces of at most a sentence, cut also where mathematics was left out."""
    return [
        " ".join(piece.split())
        for part in _SENTENCE_END.split(_SKIPPED.sub("\n\n", markdown))
        if part is not None
        for piece in re.split(r"\n\s*\n", part)
        if sum(letter.isalnum() for letter in piece) >= 8  # shorter ones are found anywhere
    ]


def _is_answer(cell: dict[str, Any]) -> bool:
    nbgrader = marks(cell)
    return cell.get("cell_type") == "markdown" and (nbgrader.get("solution") is True or nbgrader.get("task") is True)


def _is_given(cell: dict[str, Any]) -> bool:
    return marks(cell).get("locked") is True and marks(cell).get("solution") is not True


def _printed(output: dict[str, Any]) -> Iterator[str]:
    """The readable text of an output, without colours and without what a progress bar wrote over."""
    data = output.get("data")
    texts = [output.get("text")]
    if isinstance(data, dict):
        texts.append(data.get("text/plain"))
    if output.get("output_type") == "error":
        texts += [output.get("ename"), output.get("evalue")]
    for text in texts:
        lines = _ANSI.sub("", joined(text)).replace("\r\n", "\n").split("\n")
        shown = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
        if shown.strip():
            yield shown


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
