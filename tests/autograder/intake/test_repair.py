import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.distil import distil
from autograder.intake import locked, repair
from autograder.intake.cells import MAX_READ
from autograder.intake.code import without_fence
from tests.autograder.intake.small import RELEASE, as_bytes, filled, sources


def test_an_honest_submission_comes_through_unchanged_and_without_remarks() -> None:
    repaired = repair(as_bytes(filled()), RELEASE)
    assert repaired.notebook == filled()
    assert repaired.remarks == ()
    assert repaired.unreadable is None


def test_repairing_twice_changes_nothing_more() -> None:
    notebook = filled()
    notebook.cells.insert(3, new_code_cell("mine = 1"))
    once = repair(as_bytes(notebook), RELEASE).notebook
    assert repair(as_bytes(once), RELEASE).notebook == once


def test_locked_cells_metadata_and_kernel_come_from_the_release() -> None:
    notebook = filled()
    notebook.cells[3].source = "print(3)"
    notebook.cells[3].metadata["nbgrader"]["points"] = "abc"
    notebook.cells[2].metadata["nbgrader"] |= {"schema_version": 99, "grade": True, "points": 100}
    notebook.metadata["kernelspec"]["name"] = "ir"
    repaired = repair(as_bytes(notebook), RELEASE)
    assert repaired.notebook == filled()
    assert repaired.remarks == ("These were not to be changed, and put back as handed out (1 cell): check_losses.",)


def test_names_that_were_added_to_locked_cells_are_kept_and_given_ones_are_not_changed() -> None:
    notebook = filled()
    notebook.cells[1].source = "import torch\nimport numpy as np\nbce = torch.nn.BCELoss()\ntorch = 3\nprint(1)"
    notebook.cells[3].source = "def helper(): return 2\ncheck = 1\ncheck.losses()"
    repaired = repair(as_bytes(notebook), RELEASE)
    assert sources(repaired.notebook)[1:-1] == [
        "import torch",
        "import numpy as np\n\nbce = torch.nn.BCELoss()",
        "def loss(): return 1",
        "def helper(): return 2",
        "check.losses()",
    ]
    assert repaired.remarks == (
        "These were not to be changed, and put back as handed out (2 cells): imports, check_losses.",
    )


def test_work_that_came_in_place_of_the_notebook_is_named_and_waits_for_a_person() -> None:
    repaired = repair(b"", RELEASE, files={"netid": b"abc1", "README.md": b"# kit", "hw2.py": b"x = 1"})
    assert repaired.unreadable is not None and "handed in instead: hw2.py." in repaired.unreadable
    assert repaired.waiting == ("answer",) and set(repaired.doubts) == {"check_losses"}
    assert repair(b"", RELEASE, files={"netid": b"abc1"}).unreadable == "The notebook is missing."


def test_missing_cells_are_put_back_and_told() -> None:
    notebook = filled()
    del notebook.cells[3], notebook.cells[1]
    repaired = repair(as_bytes(notebook), RELEASE)
    assert repaired.notebook == filled()
    assert repaired.remarks == ("These were missing, and put back as handed out (2 cells): imports, check_losses.",)


def test_own_cells_stay_where_they_stand_without_metadata_and_outputs() -> None:
    notebook = filled()
    own = new_code_cell("helper = 1", metadata={"nbgrader": {"grade": True, "grade_id": "mine", "points": 9}})
    own.outputs = [nbformat.v4.new_output("stream", text="x")]
    notebook.cells.insert(2, own)
    notebook.cells.insert(0, new_markdown_cell("first"))
    notebook.cells.append(new_code_cell(""))
    repaired = repair(as_bytes(notebook), RELEASE).notebook
    assert sources(repaired) == [
        "first",
        "# Homework",
        "import torch",
        "helper = 1",
        "def loss(): return 1",
        "check.losses()",
        "I wrote a loss.",
    ]
    assert repaired.cells[3].metadata == {}
    assert repaired.cells[3].outputs == []


def test_both_halves_of_a_split_answer_are_kept_and_the_first_is_the_graded_one() -> None:
    notebook = filled()
    second = copy.deepcopy(notebook.cells[4])
    second.source = "And more."
    notebook.cells.append(second)
    cells = repair(as_bytes(notebook), RELEASE).notebook.cells
    assert [cell.source for cell in cells[-2:]] == ["I wrote a loss.", "And more."]
    assert "nbgrader" in cells[-2].metadata and "nbgrader" not in cells[-1].metadata
    assert len({cell.id for cell in cells}) == len(cells)


def test_an_untouched_copy_before_the_answer_does_not_hide_the_answer() -> None:
    notebook = filled()
    notebook.cells.insert(2, copy.deepcopy(RELEASE.cells[2]))
    cells = repair(as_bytes(notebook), RELEASE).notebook.cells
    graded = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "losses"]
    assert [cell.source for cell in graded] == ["def loss(): return 1"]


def test_reordered_cells_return_to_the_order_of_the_release() -> None:
    notebook = filled()
    notebook.cells.reverse()
    assert repair(as_bytes(notebook), RELEASE).notebook == filled()


def test_an_answer_of_another_type_keeps_its_text() -> None:
    notebook = filled()
    notebook.cells[4].cell_type = "raw"
    repaired = repair(as_bytes(notebook), RELEASE)
    assert repaired.notebook == filled()
    assert "answer" in repaired.remarks[0]


@pytest.mark.parametrize("fence", ["```python\n{}\n```", "\n```\n{}\n```\n", "{}"])
def test_code_in_a_text_cell_loses_the_fence_around_it(fence: str) -> None:
    notebook = filled()
    code = notebook.cells[2].source
    notebook.cells[2] = new_markdown_cell(fence.format(code), id="c", metadata=notebook.cells[2].metadata)
    assert repair(as_bytes(notebook), RELEASE).notebook == filled()


def test_a_fence_is_kept_where_it_is_not_around_all_of_the_text() -> None:
    for source in ("```\na = 1\n```\nand\n```\nb = 2\n```", "```", "```\na = 1", "see\n```\na = 1\n```"):
        assert without_fence(source) == source


def test_answers_are_found_by_cell_id_where_a_tool_dropped_the_metadata() -> None:
    notebook = filled()
    for cell in notebook.cells:
        cell.metadata = {}
    assert repair(as_bytes(notebook), RELEASE).notebook == filled()


@pytest.mark.parametrize("kind", ["image/svg+xml", "image/webp", "application/pdf", "image/png"])
@pytest.mark.parametrize(("small", "text"), [(True, "YOUR ANSWER HERE"), (False, "YOUR ANSWER HERE"), (True, " ")])
def test_a_picture_of_a_kind_that_is_not_shown_is_an_answer_that_waits(kind: str, small: bool, text: str) -> None:
    notebook = copy.deepcopy(RELEASE)
    notebook.cells[4].source = text
    notebook.cells[4].attachments = {"*a*.svg": {kind: "<svg onload=alert(1)>"}}
    content = as_bytes(notebook) if small else distil(as_bytes(notebook))
    source = repair(content, RELEASE).notebook.cells[4].source
    assert source == "*(The autograder: a picture of a kind that is not shown was pasted in here: ?a?.svg.)*"


def test_pictures_in_an_answer_are_kept() -> None:
    notebook = filled()
    notebook.cells[4].attachments = {"plot.png": {"image/png": "aGFsbG8="}, "x": {"text/html": "<script>"}}
    repaired = repair(as_bytes(notebook), RELEASE).notebook
    assert repaired.cells[4].attachments == {"plot.png": {"image/png": "aGFsbG8="}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'{"cells": 3}',
        b'{"cells": []}',
        b'{"cells": [{}, 3, {"metadata": {"nbgrader": 3}, "source": {"a": 1}}]}',
        b'{"worksheets": [{"cells": []}]}',
        b"[" * 100_000,
        b'{"cells": [' + b"{}," * 2000 + b"{}]}",
        b" " * MAX_READ + b"{}",
    ],
)
def test_what_cannot_be_read_becomes_the_empty_release_with_a_reason(content: bytes) -> None:
    repaired = repair(content, RELEASE)
    assert repaired.notebook == RELEASE
    assert repaired.unreadable and "\n" not in repaired.unreadable


def test_odd_text_in_an_answer_can_be_written_again() -> None:
    raw = as_bytes(filled()).replace(b"I wrote a loss.", b"\\ud800 \\u0000 \xc3\xa9")
    repaired = repair(raw, RELEASE)
    assert nbformat.writes(repaired.notebook).encode()
    assert "é" in repaired.notebook.cells[4].source


def test_the_release_says_what_is_locked() -> None:
    assert [locked(cell) for cell in RELEASE.cells] == [True, True, False, True, False]
