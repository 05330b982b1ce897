"""A small course, and what its students hand in."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.collect.collect import collect
from autograder.collect.sources import read_sources
from autograder.config import Course
from autograder.teams import Team
from tests.autograder.collect.repositories import git

TOML = """\
name = "C"
time_zone = "America/Chicago"
roster = "roster.csv"
extensions = "extensions.csv"
[assignments.hw2]
title = "H"
notebook = "hw2.ipynb"
due = "2023-02-24 23:59"
required = { netid = 1, "hw2.ipynb" = 0 }
group_size = 2
late = "none"
"""
ROSTER = "id,name,email\nada1,Ada Lovelace,ada1@uni.edu\nbob2,Bob,\ncyd3,Cyd,\ndan4,Dan,\n"
IN_TIME, LATE = "2023-02-24T23:59:30-0600", "2023-02-25T09:00:00-0600"
NOTEBOOK = nbformat.writes(
    new_notebook(cells=[new_code_cell("1 + 1", execution_count=1, outputs=[new_output("stream", text="2\n")])])
)


def commit(folder: Path, files: dict[str, str], date: str = IN_TIME) -> None:
    if not folder.exists():
        folder.mkdir()
        git(folder, "init", "-q")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "work", date=date)


def collected(course: Course, clones: Path) -> dict[str, Team]:
    return {team.source: team for team in collect(course, "hw2", read_sources(clones))}


def handed_in(course: Course, team: Team) -> dict[str, str]:
    folder = course.root / "submitted" / team.pseudonym / "hw2"
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
