import base64
import io
import json
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from autograder.reproduce import Outcome, compare_notebooks, read_submitted, reproduction_note
from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, NOT_COVERED, WITHIN

GRADED = {"nbgrader": {"grade": True, "solution": False, "grade_id": "check_it", "points": 1, "locked": True}}


def printed(text: str) -> NotebookNode:
    return new_output("stream", text=text)


def shown(**data: str) -> NotebookNode:
    return new_output("display_data", data={name.replace("_", "/"): value for name, value in data.items()})


def figure(gray: int = 0) -> NotebookNode:
    file = io.BytesIO()
    Image.new("L", (20, 20), gray).save(file, "PNG")
    return shown(image_png=base64.b64encode(file.getvalue()).decode(), text_plain="<Figure>")


def cell(source: str, *outputs: NotebookNode, **metadata: object) -> NotebookNode:
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


def book(*cells: NotebookNode) -> NotebookNode:
    return new_notebook(cells=list(cells))


def outcomes(submitted: NotebookNode, executed: NotebookNode, **options: Any) -> list[Outcome]:
    return [c.outcome for c in compare_notebooks(submitted, executed, **options).cells]


def test_each_cell_is_identical_within_tolerance_or_different() -> None:
    submitted = book(cell("a", printed("loss 1.000")), cell("b", printed("loss 1.000")), cell("c", figure()), cell("d"))
    executed = book(
        cell("a", printed("loss 1.000")), cell("b", printed("loss 1.010")), cell("c", figure(255)), cell("d")
    )
    comparison = compare_notebooks(submitted, executed)
    assert [c.outcome for c in comparison.cells] == [IDENTICAL, WITHIN, DIFFERENT, IDENTICAL]
    assert (comparison.outcome, comparison.reproduces) == (DIFFERENT, False)


def test_pieces_of_one_stream_are_one_text_and_the_order_of_streams_does_not_count() -> None:
    error = new_output("stream", name="stderr", text="careful")
    assert outcomes(book(cell("a", printed("x\n"), error, printed("y"))), book(cell("a", error, printed("x\ny")))) == [
        IDENTICAL
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "said"), [((figure(),), (), "not made"), ((), (figure(),), "not submitted")]
)
def test_missing_and_extra_outputs_are_different_and_said(
    ours: list[NotebookNode], theirs: list[NotebookNode], said: str
) -> None:
    comparison = compare_notebooks(book(cell("a", printed("x"), *ours)), book(cell("a", printed("x"), *theirs)))
    assert comparison.outcome == DIFFERENT
    assert said in comparison.cells[0].pairs[1].detail


def test_text_in_html_counts() -> None:
    ours, theirs = (book(cell("a", shown(text_html=f"<b>mean</b> {n}", text_plain="<HTML>"))) for n in (1, 2))
    assert outcomes(ours, ours) == [IDENTICAL]
    assert outcomes(ours, theirs) == [DIFFERENT]


def test_a_figure_too_large_to_decode_is_not_identical_to_another() -> None:
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    huge = shown(image_png=base64.b64encode(file.getvalue()).decode())
    (pair,) = compare_notebooks(book(cell("a", huge)), book(cell("a", figure()))).cells[0].pairs
    assert (pair.outcome, pair.drawable) == (DIFFERENT, (False, True))
    assert "it is too large" in pair.detail


def test_a_notebook_without_outputs_does_not_reproduce() -> None:
    comparison = compare_notebooks(book(cell("a")), book(cell("a", printed("x"))))
    assert comparison.without_outputs and not comparison.reproduces


LINES = [f"Epoch: {n:4d} AE Loss: 0.{500 - n}0\n" for n in range(81)]
SHORT = "Short run: {} of 80 epochs, {} of 938 steps in each.\n"


def test_a_shorter_run_is_compared_at_the_epochs_that_both_printed() -> None:
    ours = "".join(LINES[n] for n in (1, 8, 16, 80))
    theirs = SHORT.format(8, 938) + "".join(LINES[n] for n in range(1, 9))
    comparison = compare_notebooks(
        book(cell("train", printed(ours)), cell("samples", figure())),
        book(cell("train", printed(theirs)), cell("samples", figure(255))),
        epochs=8,
    )
    assert [c.outcome for c in comparison.cells] == [IDENTICAL, NOT_COVERED]
    assert comparison.cells[0].remark == "compared at epoch 1, 8"
    wrong = theirs.replace(LINES[8], LINES[80].replace("80 AE", " 8 AE"))
    assert outcomes(book(cell("train", printed(ours))), book(cell("train", printed(wrong))), epochs=8) == [DIFFERENT]


def test_a_notebook_that_shortens_its_own_training_is_compared_in_full() -> None:
    ours, theirs = LINES[1], SHORT.format(1, 20) + "Epoch:    1 AE Loss: 9.99\n"
    assert outcomes(book(cell("train", printed(ours))), book(cell("train", printed(theirs)))) == [DIFFERENT]


def test_a_run_with_fewer_steps_compares_no_losses() -> None:
    theirs = SHORT.format(1, 20) + "Epoch:    1 AE Loss: 9.99\n"
    assert outcomes(book(cell("train", printed(LINES[1]))), book(cell("train", printed(theirs))), when_graded=True) == [
        NOT_COVERED
    ]


def test_a_submitted_run_that_was_shortened_itself_is_different_from_a_full_one() -> None:
    ours = SHORT.format(1, 938) + LINES[1]
    assert outcomes(book(cell("train", printed(ours))), book(cell("train", printed(LINES[1] + LINES[80])))) == [
        DIFFERENT
    ]


def test_cells_are_matched_by_name_and_code_after_a_repair() -> None:
    submitted = book(cell("deleted", printed("1")), cell("b", printed("2")), cell("b", printed("3")))
    executed = book(cell("put back"), cell("b", printed("2")), cell("b", printed("3")))
    assert outcomes(submitted, executed) == [NOT_COVERED, IDENTICAL, IDENTICAL]


def test_the_note_names_the_cell_and_takes_no_points() -> None:
    note = reproduction_note(book(cell("x", printed("<script>1"))), book(cell("x", printed("two"))))
    assert note is not None
    assert "code cell 1: printed text" in note and "no points are lost" in note and "<" not in note


def test_no_note_where_what_is_covered_agrees() -> None:
    submitted = book(cell("a", printed("x")), cell("check", printed("all seen"), **GRADED), cell("b", printed("0.5")))
    executed = book(cell("a", printed("x")), cell("check", **GRADED), cell("b", printed("0.9")))
    assert reproduction_note(submitted, executed) is None


def test_the_note_tells_of_an_error_and_a_missing_figure_even_after_the_graded_cells() -> None:
    check = cell("check", **GRADED)
    error = new_output("error", ename="NameError", evalue="name 'x' is not defined", traceback=[])
    note = reproduction_note(
        book(check, cell("a", printed("x")), cell("b")), book(check, cell("a", error), cell("b", figure()))
    )
    assert note is not None and "2: error" in note and "3: figure" in note


def test_the_note_tells_when_there_are_no_outputs() -> None:
    assert reproduction_note(book(cell("a")), book(cell("a", printed("x")))) is None  # the collection tells it


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        "text",
        [None, 5, [], {}],
        [{"output_type": "stream", "text": 5}, {"output_type": "stream", "text": [1, "a"], "name": ["x"]}],
        [{"output_type": "display_data", "data": []}, {"output_type": "display_data", "data": {"image/png": "<svg>"}}],
        [{"output_type": "error", "ename": 1, "evalue": None, "traceback": "x"}],
        [{"output_type": "stream", "name": "stdout", "text": "\ud800"}],
    ],
)
def test_malformed_outputs_are_read_without_harm(outputs: list[Any]) -> None:
    raw = {
        "cells": [
            {"cell_type": "code", "source": ["a"], "metadata": 5, "outputs": outputs},
            7,
            {"cell_type": "markdown"},
        ]
    }
    notebook = read_submitted(json.dumps(raw).encode())
    assert [c.source for c in notebook.cells] == ["a"]
    assert outcomes(notebook, notebook) == [IDENTICAL]
    assert read_submitted(nbformat.writes(notebook).encode()).cells[0].outputs == notebook.cells[0].outputs


def test_huge_text_is_bounded_and_still_compared() -> None:
    ours, theirs = (book(cell("a", printed("line 1\n" * 300_000 + end))) for end in ("x", "x"))
    assert outcomes(ours, theirs) == [IDENTICAL]
    assert len(read_submitted(nbformat.writes(ours).encode()).cells[0].outputs[0].text) < 210_000
