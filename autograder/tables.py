"""Reads the tables that an instructor keeps or exports, as spreadsheets and learning management systems write them.

Used from submission to report in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. A table is a CSV file with a header; each mistake is one sentence that names the file and the line.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UsageError
from autograder.spreadsheet import unguard

_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?[ \t]*\r?\n', re.IGNORECASE)  # for Excel, before the header


def read_table(path: Path, required: tuple[str, ...] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with a header, each with its line number; blank lines are left out.

    Fields are separated by commas or, as spreadsheets do in many countries, by semicolons or tabulators. A line break
    within a field becomes a space, and the quote that keeps a text from being a formula is taken away.

    Raises:
        UsageError: the file cannot be read, a required column is missing, or a row has too many fields.
    """
    header, rows = _read(path)
    for name in required:
        if name not in header:
            raise UsageError(f"{path}, line 1: the column {name!r} is missing (there are: {', '.join(header)}).")
    for line, row in rows:
        if None in row:
            raise UsageError(f"{path}, line {line}: there are more fields than columns.")
        cells = {name: " ".join(unguard(value or "").split()) for name, value in row.items()}
        if any(cells.values()):
            yield line, cells


def read_header(path: Path) -> frozenset[str]:
    """The names of the columns of a CSV file, in small letters.

    Raises:
        UsageError: the file cannot be read.
    """
    return frozenset(_read(path)[0])


@dataclass(frozen=True)
class Sheet:
    """A table cell by cell, as it stands in its file.

    Attributes:
        header: the names of the columns.
        rows: the cells of all other rows.
        separator: between cells.
        mark: whether the file begins with a byte order mark, as for Excel.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str
    mark: bool


def read_sheet(path: Path) -> Sheet:
    """The cells of a CSV file, which are to be written again.

    Raises:
        UsageError: the file cannot be read, or holds nothing.
    """
    text, separator, _ = _decoded(path)
    try:
        rows = [tuple(map(unguard, row)) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV ({error}).") from None
    if not rows:
        raise UsageError(f"{path} is empty.")
    return Sheet(rows[0], tuple(rows[1:]), separator, path.read_bytes().startswith(codecs.BOM_UTF8))


def _read(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The names of the columns, and the rows with their line numbers."""
    text, separator, skipped = _decoded(path)
    reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True, delimiter=separator)
    try:
        header = [" ".join(unguard(name).split()).lower() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        return header, [(reader.line_num + skipped, row) for row in reader]
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num + 1 + skipped}: this is no CSV ({error}).") from None


def _decoded(path: Path) -> tuple[str, str, int]:
    """The text of a table, what separates its cells, and how many lines stand before it."""
    try:
        content = path.read_bytes()
        wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # what Excel calls Unicode text
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"There is no {path}, which course.toml or the command names.") from None
    except UnicodeDecodeError:
        raise UsageError(
            f"{path} is no text in UTF-8: in a spreadsheet, save it as “CSV UTF-8”, with commas or semicolons."
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    told = _SEPARATOR_LINE.match(text)
    text = text[told.end() :] if told else text
    first = text.lstrip().split("\n", 1)[0]
    separator = told[1] if told else max(_SEPARATORS, key=first.count)
    return text, separator, 1 if told else 0
