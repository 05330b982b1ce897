"""Claims about the cells that grading runs: those on which a point depends, and no others."""

import json
from dataclasses import replace

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.attempt import fill_in
from autograder.config import Course
from autograder.deciding import last_deciding, run_part, show_handed_in
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.grading import grade_submission, make_task
from autograder.intake import Submission, grade_id
from autograder.sandbox.limits import Limits

MARKS = {"grade": True, "solution": False, "locked": True, "grade_id": "check_it", "points": 1}


def test_the_last_cell_that_is_run_is_the_last_test_cell() -> None:
    test_cell = new_code_cell("check.it()", metadata={"nbgrader": MARKS})
    cells = [new_code_cell("a"), new_markdown_cell("text"), test_cell, new_code_cell("b")]
    assert last_deciding(new_notebook(cells=cells)) == 2
    assert [cell.source for cell in run_part(new_notebook(cells=cells), 2).cells] == ["a", "check.it()"]
    assert last_deciding(new_notebook(cells=cells[:2])) == 0


def test_cells_behind_it_show_what_was_handed_in_and_others_do_not() -> None:
    outputs = [new_output("stream", text="mine")]
    executed = new_notebook(cells=[new_code_cell("a"), new_code_cell("b"), new_code_cell("c")])
    submitted = new_notebook(cells=[new_code_cell(name, outputs=outputs) for name in ("a", "b", "other")])
    show_handed_in(executed, submitted, 1)
    assert [cell.outputs for cell in executed.cells] == [[], outputs, []]


def test_cells_that_decide_nothing_take_no_point_and_a_warm_start_gives_what_a_cold_one_gives(
    released_course: Course,
) -> None:
    """The next cell ends its kernel; before it, all is right; behind it, figures were handed in."""
    release = nbformat.read(released_course.release_notebook("hw2"), as_version=4)
    notebook = fill_in(release, THREE_OPTIMIZERS)
    names = [grade_id(cell) for cell in notebook.cells]
    notebook.cells.insert(names.index("check_convergence") + 1, new_code_cell("import os; os._exit(3)"))
    (samples,) = (cell for cell in notebook.cells if grade_id(cell) == "samples")
    samples.outputs = [new_output("stream", text="as it was handed in")]
    task = make_task(released_course, "hw2", Submission(nbformat.writes(notebook).encode(), {}))
    now = grade_submission(replace(task, limits=Limits()))
    before = grade_submission(replace(task, limits=Limits()), warm=False, all_cells=True)
    assert json.dumps(now.verdict) == json.dumps(before.verdict)
    assert now.verdict["points"] == 7
    assert any("The notebook was stopped" in remark for remark in before.remarks)
    assert not any("stopped" in remark for remark in now.remarks)
    shown = nbformat.reads(now.notebook.decode(), as_version=4)
    (samples,) = (cell for cell in shown.cells if grade_id(cell) == "samples")
    assert samples.outputs[0].text == "as it was handed in"
