"""Reads what a student or team handed in, as it lies in `submitted/`, and what the collection did not take of it.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Where no
notebook was taken, what was left out may be the work: then a person decides, and nothing is a final zero.
"""

from dataclasses import replace
from pathlib import Path

from autograder import intake
from autograder.config import Course
from autograder.teams import load_teams


def read_handed_in(course: Course, assignment: str, student: str, folder: Path | None = None) -> intake.Submission:
    """The submission of `student`, which is a folder in `submitted/`, or lies in `folder`."""
    settings = course.assignment(assignment)
    folder = folder or course.root / "submitted" / student / assignment
    submission = intake.read_submission(folder, settings.notebook, settings.required)
    if submission.notebook or submission.unreadable:
        return submission
    team = load_teams(course, assignment).get(student)
    left_out = team.left_out if team is not None else ()
    return replace(submission, refused=(*submission.refused, *left_out))
