"""The commands for what a class handed in: collect, grade, report, export, reproduce."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.arguments import AssignmentName, CourseFolder, Processes, console
from autograder.config import load_course
from autograder.errors import UsageError
from autograder.exports import ExportFormat
from autograder.handback import Way


def collect(
    assignment: AssignmentName,
    sources: Annotated[
        Path,
        typer.Option(
            "--from", help="a CSV of teams and repositories, or a folder of clones or uploads", show_default=False
        ),
    ],
    course: CourseFolder = Path(),
) -> None:
    """Collect what teams handed in into submitted/. Exits 3 when any of it needs a look."""
    settings = load_course(course)
    settings.assignment(assignment)
    from autograder.report.collection import collect_and_show

    if collect_and_show(settings, assignment, sources, console):
        raise typer.Exit(3)


def grade(
    assignment: AssignmentName,
    course: CourseFolder = Path(),
    scheduler: Annotated[
        str | None,
        typer.Option(help="address of a running Dask scheduler, as tcp://HOST:PORT; default: this machine"),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="grade also what has not changed")] = False,
    student: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEAM",
            help="its folder in submitted/, graded at once, also beside a running grade; may be repeated; default: all",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Grade everything in submitted/ and save it. Exits 3 when the grader itself failed at any of it."""
    settings = load_course(course)
    settings.assignment(assignment).require_checks()
    settings.require_work(assignment, student or ())
    settings.release_notebook(assignment)
    from autograder.report.terminal import grade_and_show

    rows = grade_and_show(settings, assignment, console, scheduler=scheduler, again=again, students=student or ())
    if any(row.verdict is None for row in rows):
        raise typer.Exit(3)


def report(assignment: AssignmentName, course: CourseFolder = Path()) -> None:
    """Write the feedback page of every graded submission, and a page of the class. Exits 3 when any page is stale."""
    settings = load_course(course)
    settings.require_graded(assignment)
    from autograder.report.overview import report_and_show

    _, current = report_and_show(settings, assignment, console)
    if not current:
        raise typer.Exit(3)


def export(
    assignment: AssignmentName,
    course: CourseFolder = Path(),
    to: Annotated[
        Path | None,
        typer.Option(help="the CSV file or folder; default: in exports/, after the assignment", show_default=False),
    ] = None,
    format: Annotated[ExportFormat, typer.Option(help="of the file")] = ExportFormat.nbgrader,
    fill: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="the grade book that Canvas or Moodle exported, to be filled in", show_default=False
        ),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(help="of that file; default: the one with the assignment's name or title", show_default=False),
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="also the points so far of those who still wait for a person's mark")
    ] = False,
) -> None:
    """Write the grades for people or for another system. Exits 3 when somebody's grade is still to be decided.

    Who still waits for a person's mark has no score in it yet, and is named.

    The format nbgrader is nbgrader's own CSV file, with one line for each person beside it in NAME-people.csv; canvas
    and moodle are a grade book to import, gradescope and github one file of results for each team.
    """
    settings = load_course(course)
    settings.release_notebook(assignment)
    if (fill or column) and format not in (ExportFormat.canvas, ExportFormat.moodle):
        raise UsageError("--fill and --column are for --format canvas and --format moodle.")
    from autograder.report.exported import export_and_show

    if not export_and_show(settings, assignment, format, console, to=to, fill=fill, column=column, waiting=waiting):
        raise typer.Exit(3)


def reproduce(
    assignment: AssignmentName,
    team: Annotated[
        list[str] | None,
        typer.Option(help="its folder in submitted/; may be repeated; default: all", show_default=False),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="of training; default: as many as the notebook says", show_default=False)
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.1, help="what one submission may take")] = 90,
    processes: Processes = None,
    course: CourseFolder = Path(),
) -> None:
    """Run submitted notebooks from scratch and compare with what they show. Exits 3 when any needs a look."""
    settings = load_course(course)
    settings.release_notebook(assignment)
    from autograder.report.reproduction import reproduce_and_show

    done = reproduce_and_show(settings, assignment, console, team or (), epochs, minutes, processes)
    if not all(made.reproduces for made in done):
        raise typer.Exit(3)


def return_(
    assignment: AssignmentName,
    way: Annotated[Way, typer.Option("--as", help="how")] = Way.folder,
    to: Annotated[
        Path | None, typer.Option(help="folder for files; default: returned/ASSIGNMENT", show_default=False)
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option("--from", help="the list of repositories, as for collect; for push", show_default=False),
    ] = None,
    sender: Annotated[str, typer.Option(help="your e-mail address; for mail", show_default=False)] = "",
    team: Annotated[
        list[str] | None,
        typer.Option(help="its folder in submitted/; may be repeated; default: all", show_default=False),
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="also to those who still wait for a person's mark")
    ] = False,
    course: CourseFolder = Path(),
) -> None:
    """Give each team its feedback page and grade. Exits 3 when any of it is held back.

    As a folder or zip file for each person to upload, as e-mail files to send, or as a commit pushed to the branch
    autograder-feedback of the team's repository, which whoever reads that repository can read.
    """
    settings = load_course(course)
    settings.require_graded(assignment)
    settings.release_notebook(assignment)
    if (way is Way.push) != (sources is not None):
        raise UsageError("--as push and --from LIST belong together.")
    if (way is Way.mail) != bool(sender):
        raise UsageError("--as mail and --sender ADDRESS belong together.")
    from autograder.feedback.write import write_feedback
    from autograder.report.handed_back import return_and_show

    stale = write_feedback(settings, assignment).stale  # with the marks of today
    done = return_and_show(
        settings,
        assignment,
        way,
        console,
        teams=team or (),
        stale=stale,
        waiting=waiting,
        to=to,
        sources=sources,
        sender=sender,
    )
    if not done:
        raise typer.Exit(3)
