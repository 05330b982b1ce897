"""Takes the outputs of one cell apart into what is compared with one another: texts and figures.

A part of the comparison of a submission with a new run of it, between submission and report in the flow course
material -> submission -> trace -> verdict -> gradebook -> report.
"""

import html
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

import nh3
from nbformat import NotebookNode

from autograder.notebook_output import PICTURES
from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, NOT_COVERED, WITHIN, Outcome
from autograder.reproduce.pictures import Looked, Pictures
from autograder.reproduce.text import compare_lines, meaningful_lines

Kind = Literal["printed", "stderr", "result", "figure", "error"]
KIND_NAMES: dict[Kind, str] = {
    "printed": "printed text",
    "stderr": "text on stderr",
    "result": "shown text",
    "figure": "figure",
    "error": "error",
}


@dataclass(frozen=True)
class Part:
    """One output, or the joined pieces of one stream.

    Attributes:
        kind: what it is.
        text: what was printed or shown as text; for a figure "".
        lines: of the text, those that mean something, as they are compared.
        markup: the HTML of a result, as it came; or "".
        mime: of a figure, for example "image/png"; or "".
        picture: a figure in base64; or "".
    """

    kind: Kind
    text: str = ""
    lines: tuple[str, ...] = ()
    markup: str = ""
    mime: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Pair:
    """One output as it was submitted and as a new run made it.

    Attributes:
        kind: what it is.
        outcome: how the two compare.
        detail: what a person should know about it, without a full stop; or "".
        submitted, executed: the two, or None where there is none.
        drawable: for a figure, whether the submitted and the new one are pictures that may be shown.
    """

    kind: Kind
    outcome: Outcome
    detail: str
    submitted: Part | None
    executed: Part | None
    drawable: tuple[bool, bool] = (False, False)


class Budget:
    """How much may still be decoded and aligned: a hostile notebook holds thousands of pictures and lines.

    Attributes:
        pictures: the process that looks at pictures.
        show: whether somebody will be shown them, so that each has to be known for a picture.
        loose: whether the difference of two figures means nothing.
    """

    def __init__(self, figures: int, lines: int, pictures: Pictures, show: bool) -> None:
        self.figures = figures
        self.lines = lines
        self.pictures = pictures
        self.show = show
        self.loose = False

    def take_figures(self, number: int) -> bool:
        self.figures -= number
        return self.figures >= 0

    def take_lines(self, number: int) -> bool:
        self.lines -= number
        return self.lines >= 0


def text_part(kind: Kind, text: str, markup: str = "") -> Part:
    return Part(kind, text, tuple(meaningful_lines(text)), markup)


def parts_of(cell: NotebookNode) -> list[Part]:
    """All parts of a cell's outputs, the printed ones first."""
    streams: dict[str, list[str]] = {}
    parts: list[Part] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            streams.setdefault(output.name, []).append(output.text)
        elif output.output_type == "error":
            parts.append(text_part("error", f"{output.ename}: {output.evalue}"))
        else:
            parts.append(_display(output.data))
    kinds: dict[str, Kind] = {"stdout": "printed", "stderr": "stderr"}
    return [text_part(kinds[name], "".join(pieces)) for name, pieces in streams.items()] + parts


def telling(parts: list[Part]) -> list[Part]:
    """The parts that can be compared, without those that tell nothing but the time or a progress."""
    return [part for part in parts if part.kind == "figure" or part.lines]


def compare_parts(submitted: list[Part], executed: list[Part], budget: Budget, loose: bool = False) -> list[Pair]:
    """Compare the outputs of one kind with one another, in their order.

    Args:
        submitted, executed: the outputs.
        budget: what this may still cost.
        loose: whether the difference of two figures means nothing, so that they need not be looked at.
    """
    budget.loose = loose
    pairs = []
    for kind in KIND_NAMES:
        ours, theirs = ([part for part in parts if part.kind == kind] for parts in (submitted, executed))
        compare = _compare_figures if kind == "figure" else _compare_texts
        pairs += [compare(a, b, budget) for a, b in zip_longest(ours, theirs)]
    return pairs


def _display(data: NotebookNode) -> Part:
    for mime in PICTURES:
        if mime in data:
            return Part("figure", mime=mime, picture=data[mime])
    markup = data.get("text/html", "")
    shown = [data[mime] for mime in ("text/plain", "text/markdown", "text/latex") if mime in data]
    shown += [html.unescape(nh3.clean(markup, tags=set()))] if markup else []
    return text_part("result", "\n".join(shown), markup)


def _compare_texts(ours: Part | None, theirs: Part | None, budget: Budget) -> Pair:
    kind = (ours or theirs or Part("printed")).kind
    if ours is None or theirs is None:
        return Pair(kind, DIFFERENT, _lacking(ours), ours, theirs)
    found = compare_lines(ours.lines, theirs.lines, align=budget.take_lines(len(ours.lines) + len(theirs.lines)))
    detail = ""
    if found.outcome == WITHIN:
        detail = f"{found.numbers} numbers, at most {found.largest:.2%} apart"
    elif found.first is not None:
        detail = " instead of ".join(f"“{_short(line)}”" if line else "nothing" for line in found.first[::-1])
    return Pair(kind, found.outcome, detail, ours, theirs)


def _compare_figures(ours: Part | None, theirs: Part | None, budget: Budget) -> Pair:
    """Looks at the two only where that tells more than their bytes, or where they will be shown."""
    lacking = _lacking(ours) if ours is None or theirs is None else ""
    same = not lacking and ours is not None and theirs is not None and ours.picture.split() == theirs.picture.split()
    if not budget.show and (lacking or same or budget.loose):
        return Pair("figure", IDENTICAL if same else DIFFERENT, lacking, ours, theirs)
    if not budget.take_figures((ours is not None) + (theirs is not None)):
        found = Looked(None, "it was not looked at, since there are too many figures", (False, False))
    else:
        found = budget.pictures.look(*(part.picture if part else None for part in (ours, theirs)))
    outcome = found.outcome
    if outcome is None:
        outcome = IDENTICAL if same else DIFFERENT
    detail = "; ".join(part for part in (lacking, found.detail) if part)
    return Pair("figure", outcome, detail, ours, theirs, found.drawable)


def _lacking(ours: Part | None) -> str:
    return "made by the new run, but not submitted" if ours is None else "submitted, but not made by the new run"


def _short(line: str, most: int = 100) -> str:
    return line if len(line) <= most else line[: most - 1] + "…"


def not_covered(pair: Pair, why: str) -> Pair:
    """The pair, where a difference means nothing because the new run was shorter."""
    if pair.outcome != DIFFERENT:
        return pair
    return Pair(pair.kind, NOT_COVERED, why, pair.submitted, pair.executed, pair.drawable)
