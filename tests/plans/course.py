"""A course folder of plans, each with right and wrong solutions, and the class labs of this course."""

import functools
from pathlib import Path

from autograder.checks.load import Checks, load_checks
from autograder.plans.checks_file import Declared, read_declared
from autograder.selftest import Claim, find_solutions

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "tests" / "courses" / "plain"
ASSIGNMENTS = ("classifier", "convolution", "vae")
LABS = tuple(sorted(path.stem for path in (ROOT / "checks").glob("lab_*.py")))


def root_of(assignment: str) -> Path:
    return COURSE if assignment in ASSIGNMENTS else ROOT


def place(assignment: str) -> Path:
    return root_of(assignment) / "checks" / f"{assignment}.py"


def checks(assignment: str) -> Checks:
    return load_checks(place(assignment))


@functools.cache
def declared(assignment: str) -> Declared:
    return read_declared(place(assignment))


def solutions(assignment: str) -> tuple[Claim, ...]:
    return find_solutions(root_of(assignment) / "solutions" / assignment)


def solution(assignment: str, name: str) -> Path:
    return next(claim.path for claim in solutions(assignment) if claim.path.stem == name)
