"""Verdicts: nbgrader reads back exactly the points that were written, and student text cannot become markup."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from autograder.graded_cell import as_text, write_into_cell
from autograder.verdict import CheckResult, Verdict

OUTCOMES = ("passed", "failed", "not_checked", "cannot_judge")
results = st.builds(
    CheckResult,
    name=st.text(min_size=1),
    cell=st.just("check_losses"),
    title=st.text(min_size=1),
    outcome=st.sampled_from(OUTCOMES),
    max_points=st.sampled_from([0.25, 0.5, 1.0, 2.0]),
    rationale=st.text(),
    help=st.text(),
    earned=st.sampled_from([0.0, 0.25, 1 / 3, 0.5]),
)


def graded_cell(max_points: float):  # type: ignore[no-untyped-def]
    nbgrader = {"grade": True, "solution": False, "locked": True, "points": max_points, "grade_id": "check_losses"}
    return new_code_cell(
        "check.losses()", metadata={"nbgrader": {**nbgrader, "schema_version": 3, "cell_type": "code"}}
    )


@given(st.lists(results, min_size=1, max_size=6))
def test_nbgrader_reads_the_points_that_were_written(checks: list[CheckResult]) -> None:
    cell = graded_cell(sum(check.max_points for check in checks))
    cell.outputs = [new_output("stream", name="stderr", text="printed by the student: 100 points")]
    write_into_cell(cell, checks)
    points, _ = determine_grade(cell)
    assert points == pytest.approx(sum(check.points for check in checks), abs=1e-4)
    assert points <= sum(check.max_points for check in checks)


@given(st.lists(results, max_size=6))
def test_verdict_survives_json(checks: list[CheckResult]) -> None:
    verdict = Verdict("hw2", tuple(checks))
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_a_passed_check_earns_points(outcome: str) -> None:
    result = CheckResult("name", "cell", "title", outcome, 2.0)  # type: ignore[arg-type]
    assert result.points == (2.0 if outcome == "passed" else 0.0)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_failed_check_earns_its_share_and_no_other_outcome_does(outcome: str) -> None:
    result = CheckResult("name", "check_losses", "title", outcome, 2.0, earned=0.25)  # type: ignore[arg-type]
    assert result.points == {"passed": 2.0, "failed": 0.5}.get(outcome, 0.0)
    shown = as_text([result], result.points, 2.0)
    assert ("(0.5/2): partly right" in shown) == (outcome == "failed")


def test_what_is_earned_is_gone_where_nothing_could_be_run_or_a_person_decides() -> None:
    verdict = Verdict("hw2", (CheckResult("n", "cell", "t", "failed", 1.0, "slip", "seen", earned=0.5),))
    assert verdict.points == 0.5
    assert verdict.not_checked("gone").points == verdict.doubted({"cell": "elsewhere"}).points == 0.0
    assert all(check.earned == 0.0 for check in verdict.doubted({"cell": "elsewhere"}).checks)


def test_what_a_student_wrote_is_shown_as_text() -> None:
    cell = graded_cell(1.0)
    hostile = CheckResult("n", "check_losses", "t", "failed", 1.0, rationale="<script>alert(1)</script>")
    write_into_cell(cell, [hostile])
    assert "<script" not in cell.outputs[0].data["text/html"]


def test_a_consequence_is_folded_and_names_the_mistake_that_it_follows_from() -> None:
    cell = graded_cell(2.0)
    root = CheckResult("root", "check_losses", "t", "failed", 1.0, "loss-detached", "seen at the root")
    after = CheckResult("after", "check_losses", "t", "failed", 1.0, "encoder-never-updated", "seen after")
    write_into_cell(cell, [root, replace(after, consequence_of="loss-detached")])
    shown, _, folded = cell.outputs[0].data["text/html"].partition("<details>")
    assert "seen at the root" in shown
    assert "probably follows from: loss detached" in folded and "seen after" in folded
    assert "Probably this follows from: loss detached." in cell.outputs[0].data["text/plain"]


def test_figure_stands_between_the_reasons_and_the_points() -> None:
    cell = graded_cell(1.0)
    write_into_cell(cell, [CheckResult("n", "check_losses", "t", "passed", 1.0)], b"\x89PNG")
    assert [next(iter(output.data)) for output in cell.outputs] == ["text/html", "image/png", "text/plain"]
    assert determine_grade(cell)[0] == 1.0
