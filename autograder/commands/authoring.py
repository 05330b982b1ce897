"""The commands for authors of course material: new-course, new, convert, release, try."""

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.arguments import AssignmentName, CourseFolder, console
from autograder.config import is_assignment_name, load_course
from autograder.errors import UsageError
from autograder.python_file import read_python


def new_course(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="may be there already", show_default=False)],
    title: Annotated[str | None, typer.Option(help="default: the name of the folder", show_default=False)] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="as in America/Chicago; default: this machine's", show_default=False)
    ] = None,
) -> None:
    """Make a folder a course: course.toml and what stands beside it. No file that is there is overwritten."""
    from autograder.skeleton.write_course import local_time_zone, make_course

    for path in make_course(folder, title or folder.resolve().name, time_zone or local_time_zone()):
        print(path)
    load_course(folder)
    print(f"Next: cd {folder} && autograder new NAME")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="for example hw1", show_default=False)],
    title: Annotated[str | None, typer.Option(help="what people read; default: the name", show_default=False)] = None,
    course: CourseFolder = Path(),
) -> None:
    """Add an assignment that works: notebook, plans and checks, right and wrong solutions, what students get."""
    settings = load_course(course)
    from autograder.skeleton import add_assignment

    for path in add_assignment(settings, name, title or name):
        print(path)
    print(f"Next: autograder selftest {name}, autograder release {name}")


def convert(
    notebook: Annotated[
        Path, typer.Argument(metavar="NOTEBOOK", help="of nbgrader, with solutions and tests", show_default=False)
    ],
    name: Annotated[
        str | None, typer.Option(help="of the assignment; default: that of the notebook", show_default=False)
    ] = None,
    title: Annotated[str | None, typer.Option(help="what people read; default: the name", show_default=False)] = None,
    course: CourseFolder = Path(),
) -> None:
    """Add an assignment that is made of an nbgrader notebook: its tests become plans and checks where they can."""
    settings = load_course(course)
    from autograder.conversion import convert as convert_notebook

    called = name or notebook.stem
    if name is None and not is_assignment_name(called):
        raise UsageError(f"{called!r} is no name for an assignment; give one of letters, digits, _ and - with --name.")
    made = convert_notebook(settings, notebook, called, title or called)
    became = "1 test became a check" if made.tests == 1 else f"{made.tests} tests became checks"
    left = "1 statement is" if made.left == 1 else f"{made.left or 'no'} statements are"
    print(f"{became}; {left} left to you.")
    for cell in made.ungraded:
        print(f"The cell {cell} gives no points now: none of its tests was understood.")
    print(f"What was done, and what is left: {made.page}")
    print(f"Next: autograder selftest {called}, autograder release {called}")


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
    for warning in made.warnings:
        console.print(f"Look at this: {warning}", soft_wrap=True, markup=False)


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
    keep_notebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="a new file for the notebook as it ran", dir_okay=False)
    ] = None,
) -> None:
    """Grade a Python file like a submission. Exits 0 when every check passed, 1 when any did not."""
    settings = load_course(course)
    settings.assignment(assignment).require_checks()
    settings.release_notebook(assignment)
    source = read_python(solution)
    for path, kind in ((keep_trace, "folder"), (keep_notebook, "file")):
        if path is not None and path.exists():
            raise UsageError(f"{path} is there already: name a new {kind}.")
    from autograder.attempt import try_solution

    attempt = try_solution(settings, assignment, source, keep_trace, keep_notebook)
    print(json.dumps(attempt.to_json()) if as_json else attempt.to_text())
    if not attempt.passed:
        raise typer.Exit(1)
