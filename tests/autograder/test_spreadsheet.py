"""No cell that a stranger wrote is computed, whatever a spreadsheet splits it by; read again, it is what it was."""

import csv
import io
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.spreadsheet import guard, unguard, write_table
from autograder.tables import read_table

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
MEMBERS = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "'=1",
    '"=1',
    "\u00a0\u200b=1",
    "\ufeff=1",
    "\uff1d1+1",
    "x;=1+1",
    "x,\t-1",
    'x;"=1',
    "x\n=cmd|' /C calc'!A0",
    '=HYPERLINK("https://attacker.example","x")',
    "\u202e=1",
    "\u22121",
]
TEXT = st.text(alphabet=st.one_of(st.sampled_from("=+-@;,|\t\n\r '\"a\u200b\uff1d"), st.characters(codec="utf-8")))


def is_computed(cell: str) -> bool:
    """Whether some spreadsheet may take the cell for a formula."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", cell) if unicodedata.category(c) not in ("Cf", "Cc"))
    return seen.replace("\u2212", "-").lstrip(' "`').startswith(tuple("=+-@"))


@given(TEXT)
def test_no_text_is_computed_and_every_text_comes_back(text: str) -> None:
    guarded = guard(text)
    assert not any(is_computed(cell) for cell in re.split("[;,|\t]", guarded))
    one_line = guard("x" + text)[1:]  # without what is no part of a line
    assert unguard(guarded) == unguard(one_line)
    assert unguard(guard(unguard(guarded))) == unguard(guarded)


@pytest.mark.parametrize("text", MEMBERS)
def test_cells_are_text_in_every_reading_of_the_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "table.csv"
    write_table(path, ["name", text], [{"name": text, text: -0.5}, {"name": "Zo\u00eb, \u201cthe\u201d 2nd"}])
    content = path.read_bytes().decode("utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert content.count("\r\n") == content.count("\n") == 3  # no line break within a cell
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator):
            assert not [cell for cell in row if cell != "-0.5" and is_computed(cell) and not cell.endswith(",-0.5")]
    names = [row["name"] for _, row in read_table(path, required=("name",))]
    assert names == [" ".join(unguard(guard(text)).split()), "Zo\u00eb, \u201cthe\u201d 2nd"]


def test_numbers_stay_numbers_and_what_is_missing_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_table(path, ["a", "b", "c"], [{"a": 0.1 + 0.2, "b": None}, {"a": -1.5, "b": 7.0, "c": 1e6}])
    assert path.read_text("utf-8-sig").splitlines() == ["a,b,c", "0.3,,", "-1.5,7,1000000"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]
