"""Reads the criteria of a marking scheme from its table: what each row is worth, and for what.

A row's points stand in a column "points", or in the head of each column, as in "½ for". Where rows and points do not
agree, the scheme is shown as it is, and points are given for the whole question.
"""

import re
from fractions import Fraction

from autograder.mark_scheme import split_scheme
from autograder.marking.records import Criterion, Scheme

_VULGAR = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3)}
_POINTS = re.compile(rf"(\d+(?:\.\d+)?)?\s*([{''.join(_VULGAR)}])?")
_HEAD = re.compile(r"(.+?)\s*(?:points?\s+)?for", re.IGNORECASE)  # of a column: "½ for"
_COLUMN = re.compile(r"points?", re.IGNORECASE)
_CELL_END = re.compile(r"(?<!\\)\|")
_RULER = re.compile(r"[\s|:-]+")
_ANSWER = re.compile(r"^\*\*Model answer", re.MULTILINE)
_TITLE = re.compile(r"\A\s*\*\*Marking scheme\*\*:?")
WHOLE = "The whole question"


def read_scheme(source: str, points: float) -> Scheme:
    """The marking scheme in the source of a question's cell, for a question of so many points."""
    text = split_scheme(source)[1]
    answer = _ANSWER.search(text)
    rules, model_answer = (text[: answer.start()], text[answer.start() :]) if answer else (text, "")
    criteria, rest = _read_table(rules)
    if not criteria or abs(sum(one.points for one in criteria) - points) > 1e-9:
        return Scheme((Criterion(points, WHOLE),), rules.strip(), model_answer.strip())
    return Scheme(criteria, _TITLE.sub("", rest).strip(), model_answer.strip())


def read_points(text: str) -> float | None:
    """Points as people write them, such as ½, 1½ or 0.5; None for anything else."""
    found = _POINTS.fullmatch(text.strip())
    if found is None or not (found[1] or found[2]):
        return None
    return float(Fraction(found[1] or 0) + _VULGAR.get(found[2] or "", Fraction(0)))


def as_written(points: float) -> str:
    """Points as people write them: ½, 1½, 0.3."""
    whole, rest = divmod(points, 1)
    signs = {float(value): sign for sign, value in _VULGAR.items() if sign in "½¼¾"}
    if rest in signs:
        return f"{whole:g}{signs[rest]}" if whole else signs[rest]
    return f"{points:g}"


def _read_table(text: str) -> tuple[tuple[Criterion, ...], str]:
    """The criteria of the first table in a text, if there are any, and the text around it."""
    lines = text.splitlines()
    rows = [number for number, line in enumerate(lines) if line.lstrip().startswith("|")]
    if len(rows) < 3:
        return (), text
    last = next((number for number in rows if number + 1 not in rows), rows[-1])
    table = [_cells(line) for line in lines[rows[0] : last + 1]]
    if not _RULER.fullmatch(lines[rows[0] + 1]):
        return (), text
    found = [_read_row(table[0], row) for row in table[2:]]
    rest = "\n".join([*lines[: rows[0]], *lines[last + 1 :]])
    return tuple(one for row in found for one in row), rest


def _read_row(head: list[str], row: list[str]) -> list[Criterion]:
    names = dict(zip(head, row, strict=False))
    column = next((name for name in names if _COLUMN.fullmatch(name)), None)
    if column is not None:
        points = read_points(names[column])
        text = " ".join(cell for name, cell in names.items() if name != column)
        return [] if points is None else [Criterion(points, text)]
    worth = [(cell, found) for name, cell in zip(head, row, strict=False) if (found := _HEAD.fullmatch(name))]
    given = [(cell, read_points(found[1])) for cell, found in worth]
    return [Criterion(points, f"{row[0]}: {cell}") for cell, points in given if points is not None]


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in _CELL_END.split(line.strip())]
    return cells[1:-1] if cells[-1] == "" else cells[1:]
