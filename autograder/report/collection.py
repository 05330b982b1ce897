"""Shows a collection in the terminal: one line a team, and what needs a look.

Stands beside submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograder.collect.collect import collect, strays
from autograder.collect.sources import read_sources
from autograder.config import Course
from autograder.deadlines import show, show_late
from autograder.errors import UsageError
from autograder.shown.printable import printable
from autograder.shown.visible import in_terminal
from autograder.teams import Team


def collect_and_show(course: Course, assignment: str, sources: Path, console: Console) -> bool:
    """Collect the work that `sources` lists; print a table and the remarks. Returns whether any of it needs a look.

    Raises:
        UsageError: the list, the roster or the extensions cannot be used.
    """
    course.assignment(assignment)
    listed = read_sources(sources)
    if not listed:
        raise UsageError(f"{sources} holds nothing that was handed in.")
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task(f"Collecting {assignment}", total=len(listed))
        teams = collect(course, assignment, listed, lambda source: progress.advance(bar))
    console.print(_table(course, assignment, teams))
    for team in teams:
        for remark in team.remarks:
            console.print(f"{in_terminal(printable(team.source))}: {in_terminal(remark)}", soft_wrap=True)
    for sentence in (notes := strays(course, assignment)):
        console.print(in_terminal(sentence), soft_wrap=True)
    return bool(notes) or any(team.remarks for team in teams)


def _table(course: Course, assignment: str, teams: list[Team]) -> Table:
    count = "1 team" if len(teams) == 1 else f"{len(teams)} teams"
    table = Table(title=f"{assignment}: {count}", title_justify="left")
    table.add_column("handed in as", overflow="fold")
    for heading in ("team", "members", "commit", "received", "late by", "files"):
        table.add_column(heading, no_wrap=heading in ("team", "commit", "received"))
    table.add_column("remarks", justify="right")
    required = course.assignment(assignment).required
    for team in teams:
        table.add_row(
            in_terminal(printable(team.source)),
            team.pseudonym,
            in_terminal(", ".join(team.members)) or "-",
            team.commit[:7] if team.commit else "-",
            show(team.received, course.time_zone) if team.received else "-",
            show_late(team.late) + ("" if team.accepted else " (not accepted)"),
            f"{len(team.files)}/{len(required)}",
            str(len(team.remarks) or ""),
        )
    return table
