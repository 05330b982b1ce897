"""One process may judge for two courses, one after the other; each gets its own checks and its own helpers."""

from pathlib import Path

from autograder.checks import load_checks, make_probes
from autograder.selftest import judge_solution

CHECKS = '''"""Checks of one course."""

import pytest

from autograder.plans import expect, plan
from helping_hand import EXPECTED


@plan("check_f")
def asked(ask):
    return ask.call("f", 1.0)


@pytest.mark.check(cell="check_f", points=1)
def test_{name}(asked):
    """It is right."""
    expect(asked).close(EXPECTED)
'''


def make_course(root: Path, name: str, expected: float) -> Path:
    """A course whose assignment, and whose helper, are called as those of the other one."""
    (root / "checks").mkdir(parents=True)
    (root / "checks" / "hw1.py").write_text(CHECKS.format(name=name))
    (root / "helping_hand.py").write_text(f"EXPECTED = {expected}\n")
    (root / "solution.py").write_text(f"def f(x):\n    return {expected} * x\n")
    return root


def judged(root: Path, inbox: Path) -> list[tuple[str, str]]:
    place = root / "checks" / "hw1.py"
    make_probes(load_checks(place), 1, inbox)
    return [(check.name, check.outcome) for check in judge_solution(place, root / "solution.py", inbox).checks]


def test_a_process_that_goes_over_to_another_course_and_back_judges_by_the_checks_of_each(tmp_path: Path) -> None:
    first, second = make_course(tmp_path / "a", "of_a", 2.0), make_course(tmp_path / "b", "of_b", 3.0)
    assert judged(first, tmp_path / "1") == [("of_a", "passed")]
    assert judged(second, tmp_path / "2") == [("of_b", "passed")]
    assert judged(first, tmp_path / "3") == [("of_a", "passed")]
