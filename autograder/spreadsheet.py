"""Writes tables so that a spreadsheet shows them as they are, and computes nothing that a stranger wrote.

Stands at report in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Names come from
students' own profiles, ids from files that they hand in. A spreadsheet takes a cell for a formula that begins with a
sign, some also after quotes or blanks, or with a sign as wide as a Chinese letter; and where it expects semicolons
between cells, a cell of ours becomes several of its own. A single quote before the sign makes text of it, and
`autograder.tables` takes it away again when such a file is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.shown.visible import in_one_direction
from coursekit.whole_file import write_whole

Cell = str | float | None

# At the beginning of a cell, or of what becomes one: blanks, quotes and invisible marks, and then a sign.
_FORMULA = "[\\s\"'`\u200b-\u200d\u2060\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]"
_UNGUARDED = re.compile(rf"(^|[;,|\t])(?={_FORMULA})")
_GUARDED = re.compile(rf"(^|[;,|\t])'(?={_FORMULA})")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def guard(text: str) -> str:
    """`text` on one line, with a single quote before everything that could be taken for a formula."""
    return _UNGUARDED.sub(r"\1'", in_one_direction(_BREAKS.sub(" ", text)))


def unguard(text: str) -> str:
    """The text that `guard` was given, if it was on one line."""
    return _GUARDED.sub(r"\1", text)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> None:
    """Write a CSV file that spreadsheets know for UTF-8, all of it or nothing. Numbers stay numbers.

    Args:
        path: of the file; folders on the way are made.
        columns: their names, in order.
        rows: cells by the name of the column; those that are missing or None are left empty.
    """
    head = [guard(column) for column in columns]
    write_rows(path, [head, *([_written(row.get(column)) for column in columns] for row in rows)])


def write_rows(path: Path, rows: Iterable[Sequence[str]], separator: str = ",", mark: bool = True) -> None:
    """Write rows of cells that are guarded already, all of them or nothing; `mark`: for spreadsheets, as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = io.StringIO(newline="")
    csv.writer(table, delimiter=separator).writerows(rows)
    write_whole(path, table.getvalue().encode("utf-8-sig" if mark else "utf-8", "replace"))


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return guard(cell) if isinstance(cell, str) else f"{cell:.10g}"
