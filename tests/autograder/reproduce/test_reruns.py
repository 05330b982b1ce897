"""A real notebook in the real sandbox: what is handed in is reproduced, bit by bit, or the difference is shown."""

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS, WRITTEN
from autograder.execute import run_notebook
from autograder.reproduce.read import read_submitted
from autograder.reproduce.reruns import _from_scratch
from autograder.sandbox.limits import Limits
from tests.autograder.test_cli import run

SHORTER = "%env COURSE_MAX_EPOCHS=1\n%env COURSE_MAX_STEPS_PER_EPOCH=20"

Twice = tuple[NotebookNode, list[list[NotebookNode]]]


@pytest.fixture(scope="module")
def twice(
    filled: Callable[[dict[str, str]], bytes], released_course: Course, tmp_path_factory: pytest.TempPathFactory
) -> Twice:
    """The released notebook with a right solution and a short training, run twice; and the notebook itself."""
    notebook = nbformat.reads(filled(THREE_OPTIMIZERS | WRITTEN).decode(), as_version=4)
    notebook.cells.insert(0, new_code_cell(SHORTER))
    scratch = _from_scratch(read_submitted(nbformat.writes(notebook).encode()), None)
    inbox = tmp_path_factory.mktemp("inbox")
    helpers = released_course.assignment("hw2").helpers
    runs = [run_notebook(scratch, files={}, inbox=inbox, limits=Limits(), helpers=helpers) for _ in range(2)]
    assert [execution.stopped for execution in runs] == [None, None]
    return notebook, [execution.notebook.cells[1:] for execution in runs]


def test_the_release_reproduces_bit_by_bit_on_one_machine(twice: Twice) -> None:
    _, (first, second) = twice
    kinds = {output.output_type for cell in first for output in cell.outputs}
    assert kinds == {"stream", "execute_result", "display_data"}  # no error, and there is something to compare
    assert sum("image/png" in output.get("data", {}) for cell in first for output in cell.outputs) >= 5
    for cell, again in zip(first, second, strict=True):
        assert cell.outputs == again.outputs, cell.source


def hand_in(course: Course, team: str, notebook: NotebookNode | bytes) -> None:
    folder = course.root / "submitted" / team / "hw2"
    folder.mkdir(parents=True)
    content = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    (folder / "hw2.ipynb").write_bytes(content)


def test_the_command_tells_what_reproduces_and_writes_pages_that_run_nothing(
    twice: Twice, copy_course: Callable[[Path], Course], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook, (outputs, _) = twice
    same = copy.deepcopy(notebook)
    for cell, ran in zip((c for c in same.cells if c.cell_type == "code"), outputs, strict=True):
        cell.outputs = ran.outputs
    other = copy.deepcopy(same)
    edited = next(c for c in other.cells if "training.train(" in c.source)
    edited.outputs = [new_output("stream", text="Epoch:    1 AE Loss: 0.0001<script>alert(1)</script>")]
    edited.outputs.append(new_output("display_data", data={"text/html": "<script>alert(2)</script><b>bold</b>"}))
    course = copy_course(tmp_path / "course")
    hand_in(course, "same", same)
    assert run("reproduce", "hw2", "--course", course.root) == 0
    assert "same: identical" in capsys.readouterr().out

    hand_in(course, "other", other)
    hand_in(course, "broken", b'{"cells": [')
    chosen = ["--team", "other", "--team", "broken", "--minutes", "5"]
    assert run("reproduce", "hw2", *chosen, "--course", course.root) == 3
    out = capsys.readouterr().out
    assert "other: different" in out and "broken: could not be run" in out and "training" in out
    pages = course.root / "reproduced" / "hw2"
    assert sorted(path.name for path in pages.iterdir()) == ["broken.html", "other.html", "same.html"]
    page = (pages / "other.html").read_text()
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page and "<b>bold</b>" in page
    assert page.count("data:image/png;base64,") >= 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Nothing to run: there is no folder"),
        (["--team", "nobody"], "name a folder that is there"),
        (["--epochs", "0"], "'--epochs'"),
    ],
    ids=["nothing", "nobody", "no-epochs"],
)
def test_a_mistake_is_one_sentence_with_status_2(
    copy_course: Callable[[Path], Course],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    course = copy_course(tmp_path / "course")
    if arguments:
        hand_in(course, "someone", b"{}")
    assert run("reproduce", "hw2", *arguments, "--course", course.root) == 2
    out, err = capsys.readouterr()
    assert said in err and err.count("\n") == 1 and out == ""
    assert not (course.root / "reproduced").exists()
