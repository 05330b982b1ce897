"""Remembers what was clicked for which mark: a file to which each mark adds a line, and from which none is removed.

The gradebook holds the sum only. The lines tell the next reader how it came about; who marked over what, too.
"""

import fcntl
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autograder.config import Course
from autograder.marking.records import Given, Mark


class Line(msgspec.Struct, frozen=True):
    """One mark: when it was given, for what, and how many points for each criterion, if it was given that way."""

    when: datetime
    cell: str
    team: str
    points: float | None
    comment: str
    clicked: tuple[float, ...] | None = None


def note(course: Course, assignment: str, cell: str, team: str, given: Given) -> None:
    """Add a line for a mark that is in the gradebook."""
    line = Line(datetime.now(UTC), cell, team, given.points, given.comment, given.clicked)
    path = _path(course, assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two markers' lines never mix
        file.write(msgspec.json.encode(line) + b"\n")


def last_clicked(course: Course, assignment: str, cell: str, marks: Mapping[str, Mark]) -> dict[str, tuple[float, ...]]:
    """What was clicked last for a cell, by team, where its points are those that the gradebook holds today."""
    found: dict[str, tuple[float, ...]] = {}
    try:
        lines = _path(course, assignment).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    for content in lines:
        try:
            line = msgspec.json.decode(content, type=Line)
        except msgspec.DecodeError:  # cut off when the machine went down
            continue
        if line.cell == cell and line.clicked is not None:
            found[line.team] = line.clicked
    return {team: parts for team, parts in found.items() if team in marks and sum(parts) == marks[team].points}


def _path(course: Course, assignment: str) -> Path:
    return course.state / "marks" / f"{assignment}.jsonl"
