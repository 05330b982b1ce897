"""Shows in the terminal which submissions give, run from scratch, what was handed in; writes a page for each.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report, and takes
no points.
"""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.config import Course
from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, NOT_COVERED, WITHIN
from autograder.reproduce.page import render
from autograder.reproduce.reruns import Reproduction, read_reruns, reproduce
from autograder.shown.visible import in_terminal
from coursekit.whole_file import write_whole

MAX_NAMED = 6  # cells in the last column


def reproduce_and_show(
    course: Course,
    assignment: str,
    console: Console,
    teams: Sequence[str] = (),
    epochs: int | None = None,
    minutes: float = 90,
    processes: int | None = None,
) -> list[Reproduction]:
    """Run the submissions of `teams`, or all; write a page for each as it ends, and print a table.

    Raises:
        UsageError: there is nothing to run, or this machine cannot run it.
    """
    reruns = read_reruns(course, assignment, teams, epochs, minutes)
    folder = course.root / "reproduced" / assignment
    folder.mkdir(parents=True, exist_ok=True)
    done = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(f"Running {assignment} from scratch", total=len(reruns))
        for made in reproduce(reruns, processes):
            page = render(made, course.assignment(assignment).title)
            write_whole(folder / f"{made.team}.html", page.encode())
            progress.console.print(f"{in_terminal(made.team)}: {made.verdict}, {made.seconds:.0f} s", soft_wrap=True)
            progress.advance(bar)
            done.append(made)
    done.sort(key=lambda made: made.team)
    console.print(_table(assignment, done))
    for made in done:
        for remark in (*([made.stopped] if made.stopped else []), *made.remarks):
            console.print(f"{in_terminal(made.team)}: {in_terminal(remark)}", soft_wrap=True)
    console.print(f"Pages: {in_terminal(str(folder))}/", soft_wrap=True)
    return done


def _table(assignment: str, done: list[Reproduction]) -> Table:
    count = "1 submission" if len(done) == 1 else f"{len(done)} submissions"
    table = Table(title=f"{assignment}: {count}, run from scratch", title_justify="left")
    table.add_column("team", no_wrap=True)
    table.add_column("verdict")
    for heading in ("identical", "within tolerance", "different", "not covered", "seconds"):
        table.add_column(heading, justify="right")
    table.add_column("different code cells")
    for made in done:
        color = "green" if made.reproduces else "red"
        cells = made.comparison
        counts = [
            str(len(cells.with_outcome(outcome))) if cells else "-"
            for outcome in (IDENTICAL, WITHIN, DIFFERENT, NOT_COVERED)
        ]
        named = [cell.name or str(cell.number) for cell in cells.with_outcome(DIFFERENT)] if cells else []
        more = [f"{len(named) - MAX_NAMED} more"] if len(named) > MAX_NAMED else []
        table.add_row(
            in_terminal(made.team),
            f"[{color}]{made.verdict}[/{color}]",
            *counts,
            f"{made.seconds:.0f}" if made.seconds else "-",
            in_terminal(", ".join(named[:MAX_NAMED] + more)),
        )
    return table
