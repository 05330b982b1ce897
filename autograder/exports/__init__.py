"""Grades as other systems take them in.

Stands at report in the flow course material -> submission -> trace -> verdict -> gradebook -> report.

- `grades`: the grade of each person
- `books`: the grade books of Canvas and Moodle, filled in or made anew
- `team_results`: one file of results a team, for Gradescope and GitHub Classroom
"""

from enum import StrEnum


class ExportFormat(StrEnum):
    """The systems that grades are written for."""

    nbgrader = "nbgrader"
    canvas = "canvas"
    moodle = "moodle"
    gradescope = "gradescope"
    github = "github"
