"""What is taken off the points of a team, as separate, named lines: lateness and missing files.

Stands at gradebook in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

from dataclasses import dataclass

from autograder.config import Assignment
from autograder.deadlines import show_late
from autograder.teams import Team


@dataclass(frozen=True)
class Penalty:
    """One line: its name, for the student to read, and the points that it takes, 0 or more."""

    name: str
    points: float


def penalties(assignment: Assignment, team: Team | None, max_points: float) -> tuple[Penalty, ...]:
    """The penalties of a team; none for work that was not collected.

    Args:
        max_points: of the whole assignment, which work loses that is too late to be accepted.
    """
    if team is None or team.commit is None:
        return ()
    lines = []
    lost = assignment.late.points_lost(team.late)
    if lost is None:
        lines.append(Penalty(f"late by {show_late(team.late)}, which is not accepted without an extension", max_points))
    elif lost:
        lines.append(Penalty(f"late by {show_late(team.late)}", lost))
    missing = (name for name in assignment.required if name not in team.files)
    lines += [Penalty(f"{name} missing or not filled in", assignment.required[name]) for name in missing]
    return tuple(line for line in lines if line.points)
