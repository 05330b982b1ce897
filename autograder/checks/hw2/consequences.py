"""Which mistakes of homework 2 show up as others: those of all assignments."""

from autograder.checks.shared.consequences import (
    CONSEQUENCES,
    FOUND_IN,
    LAST,
    OF_EACH_FUNCTION,
    ONE_IDEA,
    WITHOUT_EFFECT,
    WORDS,
)

__all__ = ["CONSEQUENCES", "FOUND_IN", "LAST", "OF_EACH_FUNCTION", "ONE_IDEA", "WITHOUT_EFFECT", "WORDS"]
