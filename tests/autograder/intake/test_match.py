"""Cells that lost nbgrader's marks are recognised; what cannot be recognised but holds work goes to a person."""

import json
from collections.abc import Callable

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.intake import repair
from tests.autograder.intake.homework import RIGHT, Homework, sources


def ids_where_colab_puts_them(cells: list[NotebookNode]) -> None:
    for cell in cells:
        cell["metadata"] = {"id": cell.pop("id"), "colab": {"base_uri": "https://localhost:8080/"}}


def ids_of_colab_and_new_ones_of_jupyter(cells: list[NotebookNode]) -> None:
    for number, cell in enumerate(cells):
        cell["metadata"], cell["id"] = {"id": cell["id"]}, f"new{number}"


def ids_only(cells: list[NotebookNode]) -> None:
    for cell in cells:
        cell["metadata"] = {}


@pytest.mark.parametrize("lose", [ids_where_colab_puts_them, ids_of_colab_and_new_ones_of_jupyter, ids_only])
def test_cells_are_recognised_by_their_ids(
    homework: Callable[..., Homework], lose: Callable[[list[NotebookNode]], None]
) -> None:
    whole = homework()
    data = json.loads(whole.written())
    lose(data["cells"])
    assert repair(json.dumps(data).encode(), whole.release) == whole.repaired()


def pasted(cells: list[NotebookNode]) -> None:
    for number, cell in enumerate(cells):
        cell["metadata"], cell["id"] = {}, f"new{number}"


def every_second_one_pasted(cells: list[NotebookNode]) -> None:
    pasted(cells[::2])


def pasted_with_answers_in_raw_cells(cells: list[NotebookNode]) -> None:
    pasted(cells)
    for cell in cells:
        if cell["cell_type"] == "markdown" and cell["source"] in RIGHT.values():
            cell["cell_type"] = "raw"


def pasted_and_edited(cells: list[NotebookNode]) -> None:
    pasted(cells)
    cells[0]["source"] = "# The homework of our team"
    cells[11]["source"] += "\nnum_epochs = 200"


def written_to_a_script_and_back(cells: list[NotebookNode]) -> None:
    pasted(cells)
    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell["cell_type"] = "code"
            cell["source"] = "\n".join(f"# {line}" for line in cell["source"].split("\n"))


@pytest.mark.parametrize(
    "lose",
    [
        pasted,
        every_second_one_pasted,
        pasted_with_answers_in_raw_cells,
        pasted_and_edited,
        written_to_a_script_and_back,
    ],
)
def test_cells_are_recognised_by_their_text_and_place(
    homework: Callable[..., Homework], lose: Callable[[list[NotebookNode]], None]
) -> None:
    whole = homework()
    data = json.loads(whole.written())
    lose(data["cells"])
    repaired = repair(json.dumps(data).encode(), whole.release)
    texts = sources(repaired)
    assert {name for name, text in RIGHT.items() if text.strip() not in texts[name].replace("# ", "")} == set()
    assert repaired.unreadable is None and repaired.doubts == {}
    assert len(repaired.remarks) <= 4  # one for each kind


def test_what_was_not_written_is_no_answer_when_the_marks_are_lost(homework: Callable[..., Homework]) -> None:
    changed = homework("loss_functions", "answer_results")
    data = json.loads(changed.written())
    pasted(data["cells"])
    repaired = repair(json.dumps(data).encode(), changed.release)
    assert sources(repaired)["answer_results"] == "YOUR ANSWER HERE"
    assert "answer_results" not in repaired.waiting and repaired.doubts == {}
    assert len(repaired.notebook.cells) == len(changed.release.cells)


def test_a_notebook_with_nothing_of_the_homework_is_shown_to_a_person(homework: Callable[..., Homework]) -> None:
    whole = homework()
    data = {"cells": [{"cell_type": "markdown", "source": "Something else", "metadata": {}}], "nbformat": 4}
    repaired = repair(json.dumps(data).encode(), whole.release)
    assert "none of the cells of the homework" in (repaired.unreadable or "")
    assert repaired.notebook.cells[0].source == "Something else"
    assert len(repaired.waiting) == 5 and len(repaired.doubts) == 4


def test_the_students_own_work_alone_is_found(homework: Callable[..., Homework]) -> None:
    whole = homework()
    data = json.loads(whole.written())
    data["cells"] = [cell for cell in data["cells"] if cell["source"] in RIGHT.values()]
    pasted(data["cells"])
    repaired = repair(json.dumps(data).encode(), whole.release)
    assert sources(repaired)["train_step"] == RIGHT["train_step"]
    assert len(repaired.waiting) == 5


@pytest.mark.parametrize("ends", ["\r\n", "\r", "  \n"])
def test_line_ends_and_blanks_at_line_ends_are_no_change(homework: Callable[..., Homework], ends: str) -> None:
    changed = homework("train_step")
    data = json.loads(changed.written())
    for cell in data["cells"]:
        cell["source"] = [cell["source"].replace("\n", ends)]
    repaired = repair(json.dumps(data).encode(), changed.release)
    assert repaired.remarks == ()
    assert sources(repaired)["train_step"] == changed["train_step"].source


def test_marks_of_a_merge_between_cells_are_named() -> None:
    text = '{"cells": [\n<<<<<<< HEAD\n{},\n=======\n{}\n>>>>>>> theirs\n]}'
    repaired = repair(text.encode(), new_notebook())
    assert "merge conflict that Git left (line 2)" in (repaired.unreadable or "")


def test_the_notebook_as_handed_out_beside_other_work_goes_to_a_person(homework: Callable[..., Homework]) -> None:
    untouched = homework(*RIGHT)
    assert untouched.repaired().waiting == () and untouched.repaired().doubts == {}
    beside = untouched.repaired(refused=["final.ipynb was left out: only hw2.ipynb is graded."])
    assert len(beside.waiting) == 5 and len(beside.doubts) == 4
