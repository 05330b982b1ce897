"""The page of the course says of every assignment what its notebook and `course.toml` say."""

import re
from pathlib import Path

import nbformat
import pytest

from autograder.config import load_course

ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT)
PAGE = (ROOT / "docs" / "course.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", re.MULTILINE)


def points_of(assignment: str) -> tuple[float, float]:
    """By checks, and written."""
    path = ROOT / "source" / assignment / COURSE.assignment(assignment).notebook
    marks = [cell.metadata.get("nbgrader", {}) for cell in nbformat.read(path, as_version=4).cells]
    graded = [mark for mark in marks if mark.get("grade")]
    by_checks = sum(mark.points for mark in graded if not mark.solution)
    return by_checks, sum(mark.points for mark in graded) - by_checks


@pytest.mark.parametrize("assignment", sorted(COURSE.assignments))
def test_the_page_tells_the_points_of_every_assignment(assignment: str) -> None:
    told = {name: tuple(map(float, points)) for name, *points in ROW.findall(PAGE)}
    by_checks, written = points_of(assignment)
    assert told[assignment] == (by_checks, written, by_checks + written)


@pytest.mark.parametrize("assignment", sorted(COURSE.assignments))
def test_the_page_tells_when_each_assignment_comes_what_it_needs_and_how_long_it_runs(assignment: str) -> None:
    for heading in ("What is taught when", "Which notebook needs which", "How long it takes"):
        section = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
        assert f"`{assignment}`" in section, heading
