"""Homeworks as plans: every right solution passes, every wrong one fails by the name of its mistake."""

from collections import Counter
from pathlib import Path

import pytest

from autograder.checks import make_probes
from autograder.selftest import Claim, disagreement, judge_solution
from tests.plans.course import ASSIGNMENTS, checks, declared, place, solution, solutions

CLAIMS = [
    pytest.param(name, claim, id=f"{name}-{claim.path.stem}") for name in ASSIGNMENTS for claim in solutions(name)
]
MAX_LINES = 180  # of one file of checks


@pytest.fixture(scope="module")
def inboxes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {name: tmp_path_factory.mktemp(name) for name in ASSIGNMENTS}
    for name, folder in folders.items():
        make_probes(checks(name), 2024, folder)
    return folders


@pytest.mark.parametrize(("assignment", "claim"), CLAIMS)
def test_a_solution_is_judged_as_it_claims_to_be(assignment: str, claim: Claim, inboxes: dict[str, Path]) -> None:
    slow = declared(assignment).of_slow_plans()
    plans = tuple(plan.name for plan in declared(assignment).plans.values() if plan.slow)
    left_out = slow if claim.kind == "wrong" and claim.check not in slow else frozenset()
    verdict = judge_solution(place(assignment), claim.path, inboxes[assignment], leave_out=plans if left_out else ())
    assert disagreement(claim, verdict, left_out) == ""
    if claim.kind == "right":
        assert verdict.points == verdict.max_points == sum(declared(assignment).points.values())
    else:
        assert verdict.points < verdict.max_points


def test_half_of_the_points_are_earned_where_a_slip_says_so(inboxes: dict[str, Path]) -> None:
    path = solution("convolution", "mean_of_the_window")
    verdict = judge_solution(place("convolution"), path, inboxes["convolution"])
    results = {result.name: result for result in verdict.checks}
    assert results["values_are_right"].points == results["values_are_right"].max_points / 2
    assert results["values_are_right"].outcome == "failed"


def test_files_of_checks_are_short_and_their_solutions_many() -> None:
    for name in ASSIGNMENTS:
        assert len(place(name).read_text(encoding="utf-8").splitlines()) <= MAX_LINES, name
        kinds = Counter(claim.kind for claim in solutions(name))
        assert kinds["right"] >= 2 and kinds["wrong"] >= 4, name


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_check_fails_for_some_wrong_solution(assignment: str) -> None:
    claimed = {claim.check for claim in solutions(assignment) if claim.kind == "wrong"}
    assert claimed == set(declared(assignment).checks)
