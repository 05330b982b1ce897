"""The matrix of solutions: every right design passes whatever its style, every wrong one fails by its name."""

import functools
import re
from pathlib import Path

import nbformat
import pytest

from autograder.checks import make_probes
from autograder.checks.hw2.consequences import CONSEQUENCES, LAST
from autograder.selftest import Claim, disagreement, find_solutions, judge_solution, load_solution

ROOT = Path(__file__).parents[3]
SOLUTIONS = ROOT / "tests" / "solutions" / "hw2"
ERRORS = ("function-raises", "function-missing", "sizes-hard-coded", "device-hard-coded")
CLAIMS = find_solutions(SOLUTIONS)
RIGHT = [claim for claim in CLAIMS if claim.kind == "right"]
WRONG = [claim for claim in CLAIMS if claim.kind == "wrong"]
BLIND_SPOTS = [claim for claim in CLAIMS if claim.kind == "blind_spots"]


@pytest.fixture(scope="session")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probes")
    make_probes("hw2", 2024, folder)
    return folder


def name(claim: Claim) -> str:
    return claim.path.stem


@functools.cache
def solution_lines() -> frozenset[str]:
    """The lines of the reference solution that are long enough to be nobody else's."""
    lines = set()
    for cell in nbformat.read(ROOT / "source" / "hw2" / "hw2.ipynb", as_version=4).cells:
        for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL):
            lines |= {line.partition("#")[0].strip() for line in region.splitlines()}
    return frozenset(line for line in lines if len(line) > 20)


def assert_gives_nothing_away(message: str) -> None:
    """No line of the solution, and no code of a hidden check, is in a message."""
    assert [line for line in solution_lines() if line in message] == []
    assert not re.search(r"assert |def |import |test_|autograder|Traceback|tensor\(\[", message)


def test_the_matrices_are_large() -> None:
    assert len(RIGHT) >= 40
    assert len(WRONG) >= 80


@pytest.mark.parametrize("claim", RIGHT, ids=name)
def test_right_solution_gets_full_points(claim: Claim, inbox: Path) -> None:
    verdict = judge_solution("hw2", load_solution(claim.path), inbox)
    assert disagreement(claim, verdict) == ""
    assert verdict.points == verdict.max_points == 7


@pytest.mark.parametrize("claim", WRONG, ids=name)
def test_wrong_solution_fails_with_the_name_of_its_mistake(claim: Claim, inbox: Path) -> None:
    leave_out = () if claim.check == "training_converges" else ("convergence",)
    verdict = judge_solution("hw2", load_solution(claim.path), inbox, leave_out=leave_out)
    assert disagreement(claim, verdict) == ""
    named = next(result for result in verdict.checks if result.name == claim.check)
    assert named.rationale
    assert named.help
    for result in verdict.checks:
        if result.mistake not in ERRORS:  # those quote the student's own line
            assert_gives_nothing_away(f"{result.title} {result.rationale} {result.help}")


@pytest.mark.parametrize("claim", BLIND_SPOTS, ids=name)
def test_blind_spot_has_its_defined_outcome(claim: Claim, inbox: Path) -> None:
    verdict = judge_solution("hw2", load_solution(claim.path), inbox, leave_out=("convergence",))
    assert disagreement(claim, verdict, left_out=["training_converges"]) == ""


@pytest.mark.parametrize(
    ("solution", "causes"),
    [
        ("encoder_has_no_optimizer", {"encoder_learns_only_from_the_reconstruction": "module-without-optimizer"}),
        ("labels_swapped", {"discriminator_learns_only_from_its_loss": "labels-swapped"}),
        (
            "flipped_everywhere",
            {"generator_loss_is_right": "labels-swapped", "discriminator_learns_only_from_its_loss": "labels-swapped"},
        ),
    ],
)
def test_what_follows_from_a_mistake_names_it_and_the_mistake_itself_stands_alone(
    solution: str, causes: dict[str, str], inbox: Path
) -> None:
    path = SOLUTIONS / "wrong" / f"{solution}.py"
    claim = next(claim for claim in WRONG if claim.path == path)
    verdict = judge_solution("hw2", load_solution(path), inbox, leave_out=("convergence",))
    failed = {result.name: result.consequence_of for result in verdict.checks if result.outcome == "failed"}
    assert failed[claim.check] == ""
    assert causes.items() <= failed.items()


def test_no_mistake_follows_from_itself_by_way_of_others() -> None:
    def reached(mistake: str) -> set[str]:
        found: set[str] = set()
        waiting = [*CONSEQUENCES.get(mistake, ())]
        while waiting:
            if (after := waiting.pop()) not in found:
                found.add(after)
                waiting += CONSEQUENCES.get(after, ())
        return found

    assert [mistake for mistake in CONSEQUENCES if mistake in reached(mistake)] == []
    assert not set(CONSEQUENCES) & set(LAST)
