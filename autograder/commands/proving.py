"""The commands that prove the checks: selftest and calibrate, on the solutions of the course."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.arguments import AssignmentName, CourseFolder, Processes, SolutionsFolder, console
from autograder.config import Assignment, load_course


class Half(StrEnum):
    """Of a matrix of solutions, as the option --half takes it."""

    seen = "seen"
    unseen = "unseen"


def selftest(
    assignment: AssignmentName,
    solutions: SolutionsFolder = None,
    mutants: Annotated[int, typer.Option(min=0, help="mutants of each right solution, at most")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="of the probes and of the choice of mutants")] = 2024,
    quick: Annotated[bool, typer.Option("--quick", help="leave out what trains")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="write the matrix as a page")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write it all as JSON")] = None,
    half: Annotated[
        Half | None, typer.Option(help="of the solutions: the unseen one is for the last look", show_default=False)
    ] = None,
    designs: Annotated[int, typer.Option(min=0, help="compose so many right designs, and judge them instead")] = 0,
    first: Annotated[int, typer.Option(min=0, help="number of the first design, to judge many in parts")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="of the probes of each composed design")] = 1,
    processes: Processes = None,
    course: CourseFolder = Path(),
) -> None:
    """Try the hidden checks on known solutions. Exits 0 when each was judged as its docstring says, else 1."""
    of_course = _with_checks(course, assignment)
    checks = of_course.checks
    if designs:
        from autograder.report.designs import run_and_show as judge_designs

        numbers = range(first, first + designs)
        if not judge_designs(checks, numbers, seeds, processes, console, as_json).passed:
            raise typer.Exit(1)
        return
    from autograder.report.selftest import run_and_show
    from autograder.selftest import Selftest

    folder = solutions or of_course.solutions
    settings = Selftest(checks, folder, mutants, seed, quick, processes, None if half is None else half.value)
    if not run_and_show(settings, console, html=html, json_file=as_json).passed:
        raise typer.Exit(1)


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
    processes: Processes = None,
) -> None:
    """Derive the bounds of the training check from runs of known solutions. Exits 1 if other bounds are in force."""
    of_course = _with_checks(course, assignment)
    from autograder.calibration import Settings
    from autograder.report.calibration import run_and_show

    store = load_course(course).state / "calibration" / f"{assignment}.jsonl"
    settings = Settings(of_course.checks, solutions or of_course.solutions, store, seeds, wrong_seeds, processes)
    if not run_and_show(settings, second_runs, console, write=write):
        raise typer.Exit(1)


def _with_checks(course: Path, name: str) -> Assignment:
    """The assignment, with its checks there and the modules of its course found."""
    assignment = load_course(course).assignment(name)
    assignment.require_checks()
    from autograder.checks.load import enter_course

    enter_course(assignment.root)
    return assignment
