"""Which names the cells of a notebook define, seen from their text alone. Between submission and verdict.

The cells are somebody else's and nothing is executed or parsed: lines that begin a definition are found by patterns
that take linear time. That is enough to say where a name comes from, and no grade rests on it.
"""

import difflib
import itertools
import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from autograder.execution import Place
from autograder.failures import quoted
from autograder.intake import grade_id

MAX_SOURCE = 50_000  # characters of a cell that are looked at
MAX_DEFINITIONS = 1000  # of a notebook; the homework's has about 60
MAX_LINE = 400
MAX_NAME = 60
SIMILAR = 0.6  # of the words of two names have to fit: `train` is similar to `train_step`, `other_loss` is not
SHORTEST = 3  # letters of a name that is similar to another
SIMILAR_LETTERS = 0.8  # of two words; `discrimnator` is 0.96 similar

_NAME = r"[^\W\d]\w{0,99}"
_DEFINED = (
    re.compile(rf"(?:async\s+)?def\s+({_NAME})"),
    re.compile(rf"class\s+({_NAME})"),
    re.compile(rf"for\s+({_NAME})\s+in\b"),
    re.compile(rf"with\b.*\bas\s+({_NAME})\s*:"),
)
_IMPORT = re.compile(r"(?:from\s+\S+\s+)?import\s+(.+)")
_TARGETS = re.compile(rf"\(?\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*\)?\s*(?::[^=]{{1,80}})?=(?!=)")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")


def definitions(cells: Sequence[NotebookNode], imports: bool = False) -> Iterator[tuple[str, Place]]:
    """The names that code cells define at their left margin, in their order, each with its line.

    Args:
        cells: all code cells.
        imports: whether imported names count.
    """
    return itertools.islice(_definitions(cells, imports), MAX_DEFINITIONS)


def _definitions(cells: Sequence[NotebookNode], imports: bool) -> Iterator[tuple[str, Place]]:
    for number, cell in enumerate(cells, start=1):
        for row, line in enumerate(cell.source[:MAX_SOURCE].split("\n"), start=1):
            for name in _names(line[:MAX_LINE], imports):
                if len(name) <= MAX_NAME:
                    yield name, Place(number, grade_id(cell) or "", row, quoted(line))


def most_similar(missing: str, names: Sequence[str]) -> str | None:
    """The one of the names that is most likely meant by another; None where none is similar."""
    if len(missing) < SHORTEST:
        return None
    candidates = [name for name in dict.fromkeys(names) if name != missing and len(name) >= SHORTEST]
    scores = [(_similarity(missing, name), name) for name in candidates]
    best = max(scores, key=lambda score: score[0], default=(0.0, ""))
    return best[1] if best[0] >= SIMILAR else None


def _names(line: str, imports: bool) -> Iterator[str]:
    if not line or line[0] in " \t#%!":
        return
    for pattern in _DEFINED:
        if found := pattern.match(line):
            yield found[1]
            return
    if found := _IMPORT.match(line):
        parts = re.sub(r"[()\\]|#.*", "", found[1]).split(",") if imports else []
        yield from (words[-1].split(".")[0] for part in parts if (words := part.split()))
    elif found := _TARGETS.match(line):
        yield from (name.strip() for name in found[1].split(","))


def _similarity(one: str, other: str) -> float:
    words, others = _words(one), _words(other)
    left, fitting = list(others), 0
    for word in words:
        partner = next((candidate for candidate in left if _fits(word, candidate)), None)
        if partner is not None:
            left.remove(partner)
            fitting += 1
    by_words = 2 * fitting / (len(words) + len(others)) if words and others else 0.0
    by_letters = difflib.SequenceMatcher(None, "".join(words), "".join(others)).ratio()
    return max(by_words, by_letters if by_letters >= SIMILAR_LETTERS else 0.0)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _fits(one: str, other: str) -> bool:
    """Whether two words are the same, or one is short for the other."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short) or difflib.SequenceMatcher(None, one, other).ratio() >= SIMILAR_LETTERS:
        return True
    rest = iter(long)
    return len(short) <= 3 and short[0] == long[0] and all(letter in rest for letter in short)
