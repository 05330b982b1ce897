"""The command `autograder`: what instructors run.

Every step of the flow course material -> submission -> trace -> verdict -> gradebook -> report starts here. A
mistake of the caller is one sentence on stderr and exit status 2; nothing is changed then. What is slow to
import (torch, nbgrader, Dask) is imported by the command that needs it.
"""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.errors import UsageError
from autograder.report.visible import visible

app = typer.Typer(
    name="autograder",
    help="Release, grade and report the assignments of a course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AssignmentName = Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="for example hw2", show_default=False)]
SolutionsFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="the folder that holds right/, wrong/ and blind_spots/; default: solutions/ASSIGNMENT",
        show_default=False,
    ),
]


class Half(StrEnum):
    """Of a matrix of solutions, as the option --half takes it."""

    seen = "seen"
    unseen = "unseen"


CourseFolder = Annotated[Path, typer.Option("--course", help="the folder that holds course.toml")]

console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


@app.command()
def release(assignment: AssignmentName, course: CourseFolder = Path()) -> None:
    """Make release/ASSIGNMENT, prove that it gives nothing away, and pack the student kit."""
    from autograder.config import load_course
    from autograder.release import make_kit
    from autograder.release import release as make_release

    settings = load_course(course)
    made = make_release(settings, assignment)
    kit = make_kit(settings, assignment)
    console.print(f"{made.folder}: {', '.join(made.files)}", soft_wrap=True)
    console.print(
        f"{made.code_points:g} points by checks, {made.written_points:g} by hand; "
        f"none of {made.secrets} secret lines is in it.\nStudent kit: {kit}",
        soft_wrap=True,
    )


@app.command()
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
    from autograder.config import load_course
    from autograder.report.collection import collect_and_show

    if collect_and_show(load_course(course), assignment, sources, console):
        raise typer.Exit(3)


@app.command()
def grade(
    assignment: AssignmentName,
    course: CourseFolder = Path(),
    scheduler: Annotated[
        str | None,
        typer.Option(help="address of a running Dask scheduler, as tcp://HOST:PORT; default: this machine"),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="grade also what has not changed")] = False,
) -> None:
    """Grade everything in submitted/ and save it. Exits 3 when the grader itself failed at any of it."""
    from autograder.config import load_course
    from autograder.report.terminal import grade_and_show

    rows = grade_and_show(load_course(course), assignment, console, scheduler=scheduler, again=again)
    if any(row.verdict is None for row in rows):
        raise typer.Exit(3)


@app.command("try")
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
    from autograder.attempt import try_solution
    from autograder.config import load_course

    attempt = try_solution(load_course(course), assignment, solution, keep_trace)
    print(json.dumps(attempt.to_json()) if as_json else attempt.to_text())
    if not attempt.passed:
        raise typer.Exit(1)


@app.command()
def report(assignment: AssignmentName, course: CourseFolder = Path()) -> None:
    """Write the feedback page of every graded submission."""
    from autograder.config import load_course
    from autograder.gradebook import write_feedback

    for page in write_feedback(load_course(course), assignment):
        print(page)


@app.command()
def export(
    assignment: AssignmentName,
    course: CourseFolder = Path(),
    to: Annotated[
        Path | None, typer.Option(help="the CSV file; default: exports/ASSIGNMENT.csv", show_default=False)
    ] = None,
) -> None:
    """Write the grades as nbgrader's CSV file, and beside it, as NAME-people.csv, one line for each person."""
    from autograder.config import load_course
    from autograder.gradebook import export_csv
    from autograder.people import export_people

    settings = load_course(course)
    path = to or settings.root / "exports" / f"{assignment}.csv"
    people = path.with_name(f"{path.stem}-people.csv")
    export_csv(settings, assignment, path)
    export_people(settings, assignment, people)
    print(path, people, sep="\n")


@app.command()
def selftest(
    assignment: AssignmentName,
    solutions: SolutionsFolder = None,
    mutants: Annotated[int, typer.Option(min=0, help="mutants of each right solution, at most")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="of the probes and of the choice of mutants")] = 2024,
    quick: Annotated[bool, typer.Option("--quick", help="leave out the check of convergence")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="write the matrix as a page")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write it all as JSON")] = None,
    half: Annotated[
        Half | None, typer.Option(help="of the solutions: the unseen one is for the last look", show_default=False)
    ] = None,
    designs: Annotated[int, typer.Option(min=0, help="compose so many right designs, and judge them instead")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="of the probes of each composed design")] = 1,
    processes: Annotated[
        int | None, typer.Option(min=1, help="at once; default: one for each core", show_default=False)
    ] = None,
    course: CourseFolder = Path(),
) -> None:
    """Try the hidden checks on known solutions. Exits 0 when each was judged as its docstring says, else 1."""
    from autograder.config import load_course

    of_course = load_course(course).assignment(assignment)
    checks = of_course.require_checks()
    if designs:
        from autograder.report.designs import run_and_show as judge_designs

        if not judge_designs(checks, designs, seeds, processes, console, as_json).passed:
            raise typer.Exit(1)
        return
    from autograder.report.selftest import run_and_show
    from autograder.selftest import Selftest

    folder = solutions or of_course.solutions
    settings = Selftest(checks, folder, mutants, seed, quick, processes, None if half is None else half.value)
    if not run_and_show(settings, console, html=html, json_file=as_json).passed:
        raise typer.Exit(1)


@app.command()
def calibrate(
    assignment: AssignmentName,
    solutions: SolutionsFolder = None,
    course: CourseFolder = Path(),
    seeds: Annotated[int, typer.Option(min=5, help="runs of each right design")] = 42,
    wrong_seeds: Annotated[int, typer.Option(min=0, help="runs of each wrong solution")] = 4,
    second_runs: Annotated[
        float, typer.Option(min=1e-9, max=0.05, help="the share of right runs that may need a second run")
    ] = 0.002,
    write: Annotated[bool, typer.Option("--write", help="put the bounds and their plot beside the checks")] = False,
    processes: Annotated[
        int | None, typer.Option(min=1, help="at once; default: one for each core", show_default=False)
    ] = None,
) -> None:
    """Derive the bounds of the training check from runs of known solutions. Exits 1 if other bounds are in force."""
    from autograder.calibration import Settings
    from autograder.config import load_course
    from autograder.report.calibration import run_and_show

    settings_of_course = load_course(course)
    of_course = settings_of_course.assignment(assignment)
    store = settings_of_course.state / "calibration" / f"{assignment}.jsonl"
    settings = Settings(of_course.checks, solutions or of_course.solutions, store, seeds, wrong_seeds, processes)
    if not run_and_show(settings, second_runs, console, write=write):
        raise typer.Exit(1)


@app.command()
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
    processes: Annotated[
        int | None, typer.Option(min=1, help="at once; default: one for each core", show_default=False)
    ] = None,
    course: CourseFolder = Path(),
) -> None:
    """Run submitted notebooks from scratch and compare with what they show. Exits 3 when any needs a look."""
    from autograder.config import load_course
    from autograder.report.reproduction import reproduce_and_show

    done = reproduce_and_show(load_course(course), assignment, console, team or (), epochs, minutes, processes)
    if not all(made.reproduces for made in done):
        raise typer.Exit(3)


@app.command()
def doctor(course: CourseFolder = Path()) -> None:
    """Say whether this machine can grade safely. Exits 0 if so, 3 if with warnings, 2 if not."""
    from autograder.config import load_course
    from autograder.report.doctor import examine_and_show

    states = {finding.state for finding in examine_and_show(load_course(course), console)}
    if states != {"good"}:
        raise typer.Exit(2 if "bad" in states else 3)


@app.command()
def demo(course: CourseFolder = Path()) -> None:
    """Release, a small class with right and wrong work, grading and feedback, all in the folder demo/."""
    from autograder.config import load_course
    from autograder.demo import run_demo

    run_demo(load_course(course), console)


def main() -> None:
    """Run the command line and exit with its status, which is 2 for a mistake of the caller."""
    try:
        status = app(standalone_mode=False)
    except UsageError as error:
        _complain(str(error))
    except (KeyboardInterrupt, typer.Abort):
        print("Interrupted; run the same command again to go on.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if not hasattr(error, "format_message"):  # what Typer raises for wrong arguments has it
            raise
        _complain(error.format_message())
    else:
        sys.exit(status or 0)


def _complain(sentence: str) -> None:
    if sentence:
        print(f"autograder: {visible(' '.join(sentence.split()))}", file=sys.stderr)
    sys.exit(2)
