import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder import grading
from autograder.attempt import fill_in, make_solution_task
from autograder.checks import bounds, judge, load_checks
from autograder.config import Assignment, Course
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.faults import keep_faults
from autograder.graded import GradedSubmission
from autograder.grading import NOTES_ID, grade_submission, make_task, write_verdict
from autograder.intake import Submission
from autograder.judging import Judgement
from autograder.verdict import CheckResult, Verdict
from coursekit.trace import read_trace


def notebook_with_points(points: float) -> nbformat.NotebookNode:
    marks = {"grade": True, "solution": False, "locked": True, "grade_id": "check_it", "points": points}
    return new_notebook(cells=[new_code_cell("check.it()", metadata={"nbgrader": marks})])


def verdict(*points: float) -> Verdict:
    checks = (CheckResult(f"c{i}", "check_it", "It works.", "passed", p) for i, p in enumerate(points))
    return Verdict("hw2", tuple(checks))


def test_the_verdict_replaces_what_the_cell_printed() -> None:
    notebook = notebook_with_points(2)
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="2 of 2, really")]
    write_verdict(notebook, verdict(1.5, 0.5), {})
    assert "really" not in nbformat.writes(notebook)
    assert notebook.cells[0].outputs[-1]["data"]["text/plain"] == "2"


@pytest.mark.parametrize("points", [(), (1.0,), (1.0, 2.0)])
def test_a_cell_that_the_checks_do_not_cover_is_a_fault_and_never_full_marks(points: tuple[float, ...]) -> None:
    with pytest.raises(RuntimeError, match="check_it"):
        write_verdict(notebook_with_points(2), verdict(*points), {})


def test_a_result_survives_being_stored() -> None:
    graded = GradedSubmission("é".encode(), verdict(1).to_json(), ("one", "two"), {"judging": 0.1}, 5)
    assert GradedSubmission.from_json(graded.to_json()) == graded


def test_what_cannot_be_read_waits_for_a_person_with_its_reason(released_course: Course) -> None:
    graded = grade_submission(make_task(released_course, "hw2", Submission(b"{", {}, ("x was left out: a link.",))))
    result = Verdict.from_json(graded.verdict)
    assert (result.points, result.max_points) == (0, 7)
    assert {check.outcome for check in result.checks} == {"cannot_judge"}
    assert all("not valid JSON" in check.rationale for check in result.checks)
    assert len(graded.waiting) == 5
    first = nbformat.reads(graded.notebook.decode(), as_version=4).cells[0]
    assert first.id == NOTES_ID
    assert "x was left out: a link." in first.source


def test_a_warm_start_and_a_cold_one_give_the_same_verdict(released_course: Course) -> None:
    solution = released_course.assignment("hw2").solutions / "wrong" / "generator_loss_summed.py"
    task = make_solution_task(released_course, "hw2", solution.read_text())
    warm, cold = (grade_submission(task, warm=warm) for warm in (True, False))
    assert json.dumps(warm.verdict) == json.dumps(cold.verdict)
    assert warm.verdict["points"] not in (0, 7)


def judge_here(assignment: Assignment, folder: Path) -> Judgement:
    """In this process, where a check can be changed."""
    return Judgement(judge(load_checks(assignment.checks), folder), {})


def test_a_check_that_breaks_costs_that_check_only_and_its_traceback_is_kept(
    released_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(bounds: object, values: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    load_checks(released_course.assignment("hw2").checks)
    monkeypatch.setattr("checks.gan.convergence.crossed", break_down)
    monkeypatch.setattr(grading, "judge", judge_here)
    release = nbformat.read(released_course.release_notebook("hw2"), as_version=4)
    notebook = nbformat.writes(fill_in(release, THREE_OPTIMIZERS)).encode()
    graded = grade_submission(make_task(released_course, "hw2", Submission(notebook, {})))
    result = Verdict.from_json(graded.verdict)
    broken = [check for check in result.checks if check.outcome != "passed"]
    assert [(check.name, check.outcome) for check in broken] == [("training_converges", "cannot_judge")]
    assert "a person will look" in broken[0].rationale and "ZeroDivisionError" not in broken[0].rationale
    assert result.points == 6 and result.needs_a_person("check_convergence")
    (fault,) = result.faults
    assert "ZeroDivisionError: a fault of ours" in fault and "break_down" in fault
    assert "a fault of ours" not in graded.notebook.decode()
    course = replace(released_course, root=tmp_path)
    keep_faults(course, "hw2", "ann", result.faults)
    assert "ZeroDivisionError" in (tmp_path / ".autograder" / "faults" / "hw2" / "ann.txt").read_text()
    keep_faults(course, "hw2", "ann", ())
    assert not list((tmp_path / ".autograder" / "faults" / "hw2").iterdir())


def test_where_nothing_is_handed_in_nothing_waits(released_course: Course) -> None:
    graded = grade_submission(make_task(released_course, "hw2", Submission(b"", {"netid": b"abc1"})))
    assert {check["outcome"] for check in graded.verdict["checks"]} == {"not_checked"}
    assert graded.waiting == ()


def test_a_result_near_a_threshold_is_decided_by_a_second_run(
    released_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Bounds that no solution can meet, and that none goes far beyond.
    strict = {"quantity": "error", "side": "high", "limit": 1e-9, "far": 1.0}
    (tmp_path / "bounds.json").write_text(json.dumps({"bounds": [strict]}))
    monkeypatch.setattr(bounds, "FILE", str(tmp_path / "bounds.json"))
    monkeypatch.setattr(grading, "judge", judge_here)
    release = nbformat.read(released_course.release_notebook("hw2"), as_version=4)
    notebook = nbformat.writes(fill_in(release, THREE_OPTIMIZERS)).encode()
    graded = grade_submission(make_task(released_course, "hw2", Submission(notebook, {})), tmp_path)
    result = Verdict.from_json(graded.verdict)
    failed = [check for check in result.checks if check.outcome != "passed"]
    assert [(check.name, check.mistake) for check in failed] == [("training_converges", "training-does-not-converge")]
    assert result.points == result.max_points - failed[0].max_points
    first, second = (read_trace(tmp_path / again / "inbox" / "convergence") for again in ("", "again"))
    assert first.data["seed"] != second.data["seed"]
    assert graded.seconds["second run"] > 0
    assert sum("a second run with another seed did" in remark for remark in graded.remarks) == 1
