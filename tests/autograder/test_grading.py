import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading import NOTES_ID, GradedSubmission, grade_submission, make_task, write_verdict
from autograder.intake import Submission
from autograder.verdict import CheckResult, Verdict


def notebook_with_points(points: float) -> nbformat.NotebookNode:
    marks = {"grade": True, "solution": False, "locked": True, "grade_id": "check_it", "points": points}
    return new_notebook(cells=[new_code_cell("check.it()", metadata={"nbgrader": marks})])


def verdict(*points: float) -> Verdict:
    checks = (CheckResult(f"c{i}", "check_it", "It works.", "passed", p) for i, p in enumerate(points))
    return Verdict("hw2", tuple(checks))


def test_the_verdict_replaces_what_the_cell_printed():
    notebook = notebook_with_points(2)
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="2 of 2, really")]
    write_verdict(notebook, verdict(1.5, 0.5), {})
    assert "really" not in nbformat.writes(notebook)
    assert notebook.cells[0].outputs[-1]["data"]["text/plain"] == "2"


@pytest.mark.parametrize("points", [(), (1.0,), (1.0, 2.0)])
def test_a_cell_that_the_checks_do_not_cover_is_a_fault_and_never_full_marks(points):
    with pytest.raises(RuntimeError, match="check_it"):
        write_verdict(notebook_with_points(2), verdict(*points), {})


def test_a_result_survives_being_stored():
    graded = GradedSubmission("é".encode(), verdict(1).to_json(), ("one", "two"), {"judging": 0.1}, 5)
    assert GradedSubmission.from_json(graded.to_json()) == graded


def test_what_cannot_be_read_is_graded_with_zero_and_its_reason(released_course):
    graded = grade_submission(make_task(released_course, "hw2", Submission(b"{", {}, ("x was left out: a link.",))))
    result = Verdict.from_json(graded.verdict)
    assert (result.points, result.max_points) == (0, 7)
    assert {check.outcome for check in result.checks} == {"not_checked"}
    assert all("not valid JSON" in check.rationale for check in result.checks)
    first = nbformat.reads(graded.notebook.decode(), as_version=4).cells[0]
    assert first.id == NOTES_ID
    assert "x was left out: a link." in first.source
