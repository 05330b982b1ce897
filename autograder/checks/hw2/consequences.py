"""Which mistakes of homework 2 show up as others: those of all assignments."""

from autograder.checks.shared.consequences import CONSEQUENCES, LAST

__all__ = ["CONSEQUENCES", "LAST"]
