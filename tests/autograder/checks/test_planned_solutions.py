"""The matrices of the assignments whose checks are plans: right solutions get all points, wrong ones their name."""

import re
from collections import Counter
from pathlib import Path

import pytest

from autograder.checks import load_checks, make_probes
from autograder.config import load_course
from autograder.plans.checks_file import Declared, read_declared
from autograder.selftest import Claim, disagreement, find_solutions, judge_solution

ROOT = Path(__file__).parents[3]
DECLARED = {
    name: declared
    for name, assignment in load_course(ROOT).assignments.items()
    if assignment.solutions.is_dir() and (declared := read_declared(assignment.checks)).plans
}
CLAIMS = [(name, claim) for name in DECLARED for claim in find_solutions(ROOT / "solutions" / name)]
LEAST = {"hw1": (25, 50), "hw3": (20, 40)}  # right and wrong ones
LEAST_OF_LAB = (3, 24)  # six wrong ones for each of its four exercises
TRAINED = 3  # right solutions of an assignment that are trained here; `calibrate` trains all of them, on many seeds
QUOTING = ("function-raises", "function-missing")  # mistakes whose message holds a line of the student's own


def of_kind(kind: str) -> list[object]:
    return [pytest.param(name, claim, id=f"{name}-{claim.path.stem}") for name, claim in CLAIMS if claim.kind == kind]


def slow_plans(declared: Declared) -> tuple[str, ...]:
    return tuple(plan.name for plan in declared.plans.values() if plan.slow)


def plans_of_others(declared: Declared, check: str) -> tuple[str, ...]:
    """The plans that neither a check looks at nor those that it needs, and so need not be carried out for it."""
    checks = [check]
    for name in checks:
        checks += declared.checks[name].needs
    wanted = {plan for name in checks for plan in declared.checks[name].wants}
    return tuple(plan for plan in declared.plans if plan not in wanted)


def is_trained(name: str, claim: Claim) -> bool:
    right = [other.path for assignment, other in CLAIMS if assignment == name and other.kind == "right"]
    return claim.path in right[:TRAINED]


@pytest.fixture(scope="session")
def inboxes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {name: tmp_path_factory.mktemp(f"plans-{name}") for name in DECLARED}
    for name, folder in folders.items():
        make_probes(load_checks(DECLARED[name].place), 2024, folder)
    return folders


@pytest.mark.parametrize(("name", "claim"), of_kind("right"))
def test_right_solution_gets_full_points(name: str, claim: Claim, inboxes: dict[str, Path]) -> None:
    declared = DECLARED[name]
    leave_out = () if is_trained(name, claim) else slow_plans(declared)
    verdict = judge_solution(declared.place, claim.path, inboxes[name], leave_out=leave_out)
    left_out = [check for check, record in declared.checks.items() if set(record.wants) & set(leave_out)]
    assert disagreement(claim, verdict, left_out) == ""
    assert verdict.max_points == sum(declared.points.values())
    assert verdict.points == sum(check.max_points for check in verdict.checks if check.name not in left_out)


@pytest.mark.parametrize("name", DECLARED)
def test_the_matrices_are_large(name: str) -> None:
    kinds = [claim.kind for assignment, claim in CLAIMS if assignment == name]
    right, wrong = LEAST.get(name, LEAST_OF_LAB)
    assert kinds.count("right") >= right and kinds.count("wrong") >= wrong


@pytest.mark.parametrize(("name", "claim"), of_kind("wrong"))
def test_wrong_solution_fails_with_the_name_of_its_mistake(name: str, claim: Claim, inboxes: dict[str, Path]) -> None:
    leave_out = plans_of_others(DECLARED[name], claim.check)
    verdict = judge_solution(DECLARED[name].place, claim.path, inboxes[name], leave_out=leave_out)
    assert disagreement(claim, verdict) == ""
    named = next(result for result in verdict.checks if result.name == claim.check)
    assert named.rationale and named.help
    for result in verdict.checks:
        if result.mistake not in QUOTING:
            assert not re.search(r"assert |def |import |test_|autograder|Traceback|tensor\(\[", result.rationale)


@pytest.mark.parametrize("name", DECLARED)
def test_every_check_catches_a_wrong_solution(name: str) -> None:
    caught = {claim.check for assignment, claim in CLAIMS if assignment == name and claim.kind == "wrong"}
    assert caught == set(DECLARED[name].checks)


@pytest.mark.parametrize("name", sorted(set(DECLARED) - set(LEAST)))
def test_every_exercise_of_a_lab_has_six_wrong_solutions(name: str) -> None:
    cells = Counter(
        DECLARED[name].checks[claim.check].cell for assignment, claim in CLAIMS if assignment == name and claim.check
    )
    assert set(cells) == set(DECLARED[name].points) and min(cells.values()) >= 6
