"""A small homework and its PDF, printed once by the real browser."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from coursekit.submit.page import make_html
from coursekit.submit.pdf import find_browser, print_pdf

TITLE = "Homework 7: “boxes” & numbers"
ANSWER = """\
The reconstructions are *better* than the samples, since **G** is trained exactly at the codes $E(x_i)$ of images.
In the efficient first office of flow, $L_D = \\frac{1}{n} \\sum_i a_i$ falls to 0.38 after ten epochs of training.

- A list item about mode collapse, which [a paper](https://example.org/paper.pdf) explains.

| naïve table | with a cell about équilibre |
|---|---|
| left side of it | right side of it |
"""
LOSSES = (
    "Epoch:    1 AE Loss: 0.1375 Gen Loss: 4.5621 Dis Loss: 0.1602 Total: 4.8598\n"
    "Epoch:    2 AE Loss: 0.0975 Gen Loss: 3.9917 Dis Loss: 0.2612 Total: 4.3504\n"
)


def homework(answer: str = ANSWER, printed: str = LOSSES) -> NotebookNode:
    """A notebook with one written answer and one cell that has run."""
    notebook = nbformat.v4.new_notebook()
    text = nbformat.v4.new_markdown_cell(answer)
    text.metadata["nbgrader"] = {"solution": True, "grade": True, "grade_id": "answer", "schema_version": 3}
    code = nbformat.v4.new_code_cell("train()", execution_count=1)
    code.outputs = [nbformat.v4.new_output("stream", text=printed)]
    notebook.cells = [nbformat.v4.new_markdown_cell("# Homework"), code, text]
    return notebook


def as_bytes(notebook: NotebookNode) -> bytes:
    """The file of a notebook."""
    return nbformat.writes(notebook).encode("utf-8")


@pytest.fixture(scope="session")
def make_homework() -> Callable[..., bytes]:
    """Makes the file of a homework, with another answer or other printed lines."""
    return lambda **changes: as_bytes(homework(**changes))


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The PDF of `homework()`."""
    folder: Path = tmp_path_factory.mktemp("printed")
    browser = find_browser()
    assert browser, "these tests need Chromium or Chrome: make setup"
    pdf = print_pdf(make_html(homework(), folder, TITLE), folder, browser)
    assert list(folder.iterdir()) == []
    return pdf
