"""The outcomes of comparing a part of a submission with a new run of it, from the best to the worst.

Shared by the comparisons between submission and report in the flow course material -> submission -> trace ->
verdict -> gradebook -> report.
"""

from enum import IntEnum


class Outcome(IntEnum):
    """What a comparison says; the outcome of a whole is that of its worst part."""

    NOT_COVERED = 0
    IDENTICAL = 1
    WITHIN = 2
    DIFFERENT = 3

    @property
    def words(self) -> str:
        return _WORDS[self]


NOT_COVERED, IDENTICAL, WITHIN, DIFFERENT = Outcome
_WORDS = {
    NOT_COVERED: "not covered",
    IDENTICAL: "identical",
    WITHIN: "equal within tolerance",
    DIFFERENT: "different",
}
