"""Checks that prove themselves: known solutions, and mutants of right ones, are run against the hidden checks.

This stands beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: it takes the
way from trace to verdict with solutions of the instructor's own, in processes of its own and without the sandbox.
Never use it on work that arrived from outside.
"""

from autograder.selftest.judge_solutions import Selftest, judge_solution, selftest
from autograder.selftest.matrix import Matrix, Row
from autograder.selftest.recording import load_solution, record_solution, running
from autograder.selftest.solutions import Claim, disagreement, find_solutions, read_claim

__all__ = [
    "Claim",
    "Matrix",
    "Row",
    "Selftest",
    "disagreement",
    "find_solutions",
    "judge_solution",
    "load_solution",
    "read_claim",
    "record_solution",
    "running",
    "selftest",
]
