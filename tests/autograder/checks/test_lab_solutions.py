"""The known solutions of the labs that have checks: right ones pass whatever their style, wrong ones fail by name."""

from pathlib import Path

import pytest

from autograder.checks import load_checks, make_probes
from autograder.config import load_course
from autograder.selftest import Claim, disagreement, find_solutions, judge_solution

ROOT = Path(__file__).parents[3]
LABS = [lab for lab in load_course(ROOT).assignments.values() if lab.due is None and lab.checks.exists()]
CLAIMS = [
    pytest.param(lab.checks, claim, id=f"{lab.name}-{claim.path.stem}")
    for lab in LABS
    for claim in find_solutions(lab.solutions)
]


@pytest.fixture(scope="session")
def inboxes(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    folders = {lab.checks: tmp_path_factory.mktemp(f"probes-{lab.name}") for lab in LABS}
    for checks, folder in folders.items():
        make_probes(load_checks(checks), 7, folder)
    return folders


@pytest.mark.parametrize(("checks", "claim"), CLAIMS)
def test_each_solution_is_judged_as_it_claims_to_be(checks: Path, claim: Claim, inboxes: dict[Path, Path]) -> None:
    verdict = judge_solution(checks, claim.path, inboxes[checks])
    assert disagreement(claim, verdict) == ""
    failed = [result for result in verdict.checks if result.outcome == "failed"]
    assert bool(failed) is (claim.kind == "wrong")
    assert all(result.rationale and result.help for result in failed)


def test_each_exercise_of_a_lab_has_right_solutions_in_three_styles_and_six_mistakes() -> None:
    for lab in LABS:
        claims = find_solutions(lab.solutions)
        assert sum(claim.kind == "right" for claim in claims) >= 3
        assert sum(claim.kind == "wrong" for claim in claims) >= 6 * 4
