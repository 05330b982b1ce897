"""What a test cell says: the same words in a notebook as in a terminal, summed up, and safe to show."""

import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from coursekit.said import as_html, as_text, right, seen, sum_up, tell, unwritten, wrong

SAID = [right("`f` is right."), wrong("`g` is <b>not</b>."), seen("It is 3."), unwritten("`h` is not written yet.")]


def test_measurements_count_for_nothing_and_what_is_unwritten_needs_work() -> None:
    assert as_text(SAID).splitlines() == [
        "✓ `f` is right.",
        "✗ `g` is <b>not</b>.",
        "· It is 3.",
        "· `h` is not written yet.",
        "1 thing looks right, 2 need work.",
    ]
    assert sum_up([seen("3")]) == "0 things look right, 0 need work."
    assert sum_up([right("a"), right("b"), wrong("c")]) == "2 things look right, 1 needs work."


def test_a_notebook_sees_code_and_colours_and_no_markup_of_a_student() -> None:
    page = as_html(SAID)
    assert "<code>f</code> is right." in page and "&lt;b&gt;not&lt;/b&gt;" in page and "<b>not" not in page
    assert len({page.split(f">{sign}<")[0].rpartition("color: ")[2] for sign in "✓✗·"}) == 3
    assert sum_up(SAID) in page


def test_a_terminal_gets_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    tell(SAID)
    assert capsys.readouterr().out == as_text(SAID) + "\n"
    code = "import IPython; from coursekit.said import *; tell([right('a')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "✓ a\n1 thing looks right, 0 need work.\n"  # IPython is there, a notebook is not


def test_a_kernel_gets_both() -> None:
    notebook = new_notebook(cells=[new_code_cell("from coursekit.said import *; tell([right('a')])")])
    NotebookClient(notebook, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.data["text/plain"] == "✓ a\n1 thing looks right, 0 need work."
    assert output.data["text/html"] == as_html([right("a")])
