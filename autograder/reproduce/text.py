"""Compares two printed texts: the same, the same but for rounding, or different.

A part of the comparison of a submission with a new run of it, between submission and report in the flow course
material -> submission -> trace -> verdict -> gradebook -> report. What changes from run to run without meaning
anything (times, addresses, progress bars, the place of a file) is put aside first. Then a text is words with
numbers in between: the words must be the same, whole numbers too, and decimal numbers may differ a little.
All texts are somebody else's: the patterns here take linear time, and differences are searched in bounded pieces.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, WITHIN, Outcome

RELATIVE, ABSOLUTE = 0.05, 0.0005
"""Two printed numbers are equal within tolerance if they differ by at most ABSOLUTE + RELATIVE of the larger one.

On one machine runs are identical. Elsewhere sums are rounded otherwise, and a GAN enlarges that: the mean losses of the
reference solution were 0.9 % apart after one epoch with other vector instructions, 4.1 % after two with two threads.
"""

MAX_LINES = 400  # of each text, in which differences are aligned; longer ones are compared line by line
MAX_LINE = 2000  # characters of one line that are split into words and numbers

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,32}[A-Za-z]")
_BAR = re.compile(r"\d{1,3}%\|.{0,400}?\| ?\d|\d(?:it|step|batch|epoch)s? ?\[\d\d:\d\d")  # tqdm with a total, without
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d{1,4})?|\.\d+)(?!\w|\.\d)|(?<!\w)[-+]?(?:nan|inf)\b"
)
_UNIT = r"(?:ns|µs|μs|us|ms|s|secs?|seconds?|mins?|minutes?|h|hours?)"
_PUT_ASIDE = [
    (re.compile(r"\b0x[0-9a-fA-F]{4,16}\b"), "<address>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?(?:Z|[-+]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"(?<![\w.])\d{1,3}:\d\d(?::\d\d)?(?:\.\d{1,9})?(?![\w:])"), "<time>"),
    (re.compile(r"(?<![\w.])\d{1,9}(?:\.\d{1,9})? ?(?:it|steps?|batch(?:es)?|epochs?|images?)/s\b"), "<rate>"),
    (re.compile(rf"(?<![\w.])\d{{1,9}}(?:\.\d{{1,9}})?(?:e[-+]\d\d)? ?{_UNIT}(?![\w/])"), "<time>"),
    (re.compile(r"\b(?:Cell )?In ?\[\d{1,6}\]"), "In[]"),
]
_WORD = re.compile(r"\S+")
_MACHINE = re.compile(r"PyTorch (\S{1,60}) on (\S{1,20})")


@dataclass(frozen=True)
class TextComparison:
    """How two texts compare.

    Attributes:
        outcome: IDENTICAL, WITHIN or DIFFERENT.
        numbers: pairs of decimal numbers that were compared.
        largest: the largest relative difference among them.
        first: the first line that is not within tolerance, as submitted and as run, or None.
    """

    outcome: Outcome
    numbers: int = 0
    largest: float = 0.0
    first: tuple[str, str] | None = None


def meaningful_lines(text: str) -> list[str]:
    """The lines of `text`, without what changes from run to run and means nothing; empty lines are left out."""
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in _ANSI.sub("", text).split("\n"))
    plain = (_put_aside(line) for line in lines if not _BAR.search(line))
    return [line for line in plain if line and not _is_about_the_machine(line)]


def machines(text: str) -> set[str]:
    """What the set-up cell prints: the versions and devices that `text` names."""
    return {f"PyTorch {version} on {device}" for version, device in _MACHINE.findall(text)}


def compare_lines(submitted: Sequence[str], executed: Sequence[str], align: bool = True) -> TextComparison:
    """Compare two texts that `meaningful_lines` made; `align`: look for lines that only one of them has."""
    if submitted == executed:
        return TextComparison(IDENTICAL)
    outcome, numbers, largest, first = IDENTICAL, 0, 0.0, None
    for ours, theirs in _pair(submitted, executed, align):
        line = _compare_line(ours, theirs)
        numbers, largest = numbers + line.numbers, max(largest, line.largest)
        if line.outcome == DIFFERENT and first is None:
            first = (ours or "", theirs or "")
        outcome = max(outcome, line.outcome)
    return TextComparison(outcome, numbers, largest, first)


def _put_aside(line: str) -> str:
    for pattern, name in _PUT_ASIDE:
        line = pattern.sub(name, line)
    return " ".join(_WORD.sub(_shorten_path, line).split())


def _shorten_path(word: re.Match[str]) -> str:
    """A file of an installed package or of a cell without the folders before it, which each machine has its own."""
    text = word[0]
    for mark in ("site-packages/", "dist-packages/", "site-packages\\", "ipykernel_"):
        if mark in text:
            return "<path>/" + text.rpartition(mark)[2].replace("\\", "/") if mark != "ipykernel_" else "<cell>"
    return text


def _is_about_the_machine(line: str) -> bool:
    return _MACHINE.fullmatch(line) is not None or line.startswith("No TensorBoard log: ")


def _pair(ours: Sequence[str], theirs: Sequence[str], align: bool) -> list[tuple[str | None, str | None]]:
    """The lines of both side by side; None stands for a line that the other one lacks."""
    if not align or max(len(ours), len(theirs)) > MAX_LINES:
        return list(zip_longest(ours, theirs))
    words, other_words = ([_split(line)[0] for line in lines] for lines in (ours, theirs))
    pairs: list[tuple[str | None, str | None]] = []
    for _, i, k, j, m in SequenceMatcher(None, words, other_words, autojunk=False).get_opcodes():
        pairs += zip_longest(ours[i:k], theirs[j:m])
    return pairs


def _split(line: str) -> tuple[str, list[str]]:
    """The words of a line, with a mark for each number, and the numbers."""
    head, tail = line[:MAX_LINE], line[MAX_LINE:]
    return _NUMBER.sub("<n>", head) + tail, _NUMBER.findall(head)


def _compare_line(ours: str | None, theirs: str | None) -> TextComparison:
    if ours == theirs:
        return TextComparison(IDENTICAL)
    if ours is None or theirs is None:
        return TextComparison(DIFFERENT)
    (words, left), (other_words, right) = _split(ours), _split(theirs)
    if words != other_words:
        return TextComparison(DIFFERENT)
    outcome, largest, numbers = WITHIN, 0.0, 0
    for a, b in zip(left, right, strict=True):
        if a.lstrip("+-").isdecimal() and b.lstrip("+-").isdecimal():  # a count, an epoch, a shape
            outcome = outcome if a == b else DIFFERENT
            continue
        x, y = float(a), float(b)
        numbers += 1
        if x == y or (math.isnan(x) and math.isnan(y)):
            continue
        if not (math.isfinite(x) and math.isfinite(y)):
            outcome, largest = DIFFERENT, math.inf
            continue
        size = max(abs(x), abs(y))
        largest = max(largest, abs(x - y) / size)
        if abs(x - y) > ABSOLUTE + RELATIVE * size:
            outcome = DIFFERENT
    return TextComparison(outcome, numbers, largest)
