"""Turns what a student handed in into a notebook that is safe to run and to grade.

Stands between submission and trace in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. `files` reads the folder, `cells` the notebook; `repair` puts the student's work into the released notebook,
which is the skeleton: every locked cell and all of nbgrader's metadata come from it. The files that arrived are only
read, never changed.
"""

from autograder.intake.files import (
    MAX_FILE,
    MAX_FILES,
    MAX_NOTEBOOK,
    MAX_TOTAL,
    Submission,
    odd_files,
    read_submission,
    shown_name,
    unusable_name,
)
from autograder.intake.marks import grade_id, graded_by_checks, is_code_answer, locked
from autograder.intake.repair import Repaired, repair

__all__ = [
    "MAX_FILE",
    "MAX_FILES",
    "MAX_NOTEBOOK",
    "MAX_TOTAL",
    "Repaired",
    "Submission",
    "grade_id",
    "graded_by_checks",
    "is_code_answer",
    "locked",
    "odd_files",
    "read_submission",
    "repair",
    "shown_name",
    "unusable_name",
]
