"""A course folder of plans: six assignments, each with right and wrong solutions."""

import functools
from pathlib import Path

from autograder.checks.load import Checks, load_checks
from autograder.plans.load import Declared, read_declared
from autograder.selftest import Claim, find_solutions

COURSE = Path(__file__).parents[1] / "courses" / "plain"
ASSIGNMENTS = ("classifier", "convolution", "lab_autoencoder", "lab_gan", "lab_vae", "vae")


def place(assignment: str) -> Path:
    return COURSE / "checks" / f"{assignment}.py"


def checks(assignment: str) -> Checks:
    return load_checks(place(assignment))


@functools.cache
def declared(assignment: str) -> Declared:
    return read_declared(place(assignment))


def solutions(assignment: str) -> tuple[Claim, ...]:
    return find_solutions(COURSE / "solutions" / assignment)


def solution(assignment: str, name: str) -> Path:
    return next(claim.path for claim in solutions(assignment) if claim.path.stem == name)
