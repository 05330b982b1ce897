"""The commands for a newcomer and a new machine: doctor and demo."""

from pathlib import Path

import typer

from autograder.commands.arguments import CourseFolder, console
from autograder.config import load_course


def doctor(course: CourseFolder = Path()) -> None:
    """Say whether this machine can grade safely. Exits 0 if so, 3 if with warnings, 2 if not."""
    settings = load_course(course)
    from autograder.report.doctor import examine_and_show

    states = {finding.state for finding in examine_and_show(settings, console)}
    if states != {"good"}:
        raise typer.Exit(2 if "bad" in states else 3)


def demo(course: CourseFolder = Path()) -> None:
    """Release, a small class with right and wrong work, grading and feedback, all in the folder demo/."""
    settings = load_course(course)
    from autograder.demo import run_demo

    run_demo(settings, console)
