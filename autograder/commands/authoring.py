"""The commands for authors of course material: release and try."""

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.arguments import AssignmentName, CourseFolder, console
from autograder.config import load_course
from autograder.errors import UsageError
from autograder.python_file import read_python


def release(
    assignment: AssignmentName,
    course: CourseFolder = Path(),
    run: Annotated[bool, typer.Option("--run/--no-run", help="hand the notebook's own solution in first")] = True,
) -> None:
    """Make release/ASSIGNMENT, prove that it can be graded and gives nothing away, and pack the student kit."""
    settings = load_course(course)
    settings.source_notebook(assignment)
    from autograder.release import make_kit
    from autograder.release import release as make_release

    made = make_release(settings, assignment, run)
    kit = make_kit(settings, assignment)
    console.print(f"{made.folder}: {', '.join(made.files)}", soft_wrap=True)
    console.print(
        f"{made.code_points:g} points by checks, {made.written_points:g} by hand; "
        f"none of {made.secrets} secret lines is in it.\nStudent kit: {kit}",
        soft_wrap=True,
    )


def try_(
    assignment: AssignmentName,
    solution: Annotated[
        Path,
        typer.Argument(metavar="SOLUTION.py", help="defines the assignment's functions", show_default=False),
    ],
    course: CourseFolder = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object and nothing else")] = False,
    keep_trace: Annotated[
        Path | None, typer.Option(help="a new folder for the probes and the trace, to debug checks with")
    ] = None,
) -> None:
    """Grade a Python file like a submission. Exits 0 when every check passed, 1 when any did not."""
    settings = load_course(course)
    settings.assignment(assignment).require_checks()
    settings.release_notebook(assignment)
    source = read_python(solution)
    if keep_trace is not None and keep_trace.exists():
        raise UsageError(f"{keep_trace} is there already: name a new folder.")
    from autograder.attempt import try_solution

    attempt = try_solution(settings, assignment, source, keep_trace)
    print(json.dumps(attempt.to_json()) if as_json else attempt.to_text())
    if not attempt.passed:
        raise typer.Exit(1)
