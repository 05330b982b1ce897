"""Shows how the hidden checks judged known solutions: in the terminal, as a page, and as JSON.

Stands at the report of the flow course material -> submission -> trace -> verdict -> gradebook -> report, but for
solutions of the instructor's own: it is the evidence that the verdicts on students' work rest on.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.errors import UsageError
from autograder.selftest import Matrix, Row, Selftest, selftest
from autograder.selftest.matrix import MutantRow
from autograder.selftest.matrix_json import matrix_as_json
from autograder.selftest.share import Share
from autograder.shown.page_templates import page_environment

TEMPLATES = Path(__file__).parent / "templates"
KIND_TITLES = {"right": "Right designs", "wrong": "Wrong solutions", "blind_spots": "Blind spots"}
SIGNS = {"passed": "✓", "failed": "✗", "not_checked": "–", "cannot_judge": "?", "left_out": ""}


def run_and_show(settings: Selftest, console: Console, html: Path | None, json_file: Path | None) -> Matrix:
    """Run the selftest, print what came out, and write it to the files that are named.

    Raises:
        UsageError: there is nothing to run, or a file cannot be written; nothing has been run then.
    """
    for path in (html, json_file):
        fail_unless_writable(path)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, transient=True)
    bar = progress.add_task("Judging solutions", total=None)

    def show(done: int, total: int, name: str) -> None:
        progress.start()
        progress.update(bar, completed=done, total=total, description=f"Judging solutions: {escape(name)}")

    try:
        matrix = selftest(settings, show)
    finally:
        if progress.live.is_started:  # otherwise it would print an empty line
            progress.stop()
    print_matrix(matrix, console)
    if html is not None:
        html.write_text(render(matrix), encoding="utf-8")
        console.print(f"Page: {html}", soft_wrap=True, markup=False)
    if json_file is not None:
        json_file.write_text(json.dumps(matrix_as_json(matrix), indent=1) + "\n", encoding="utf-8")
        console.print(f"JSON: {json_file}", soft_wrap=True, markup=False)
    return matrix


def fail_unless_writable(path: Path | None) -> None:
    """Before anything is run.

    Raises:
        UsageError: it is a folder, or nothing can be written there.
    """
    if path is not None and (path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK)):
        raise UsageError(f"{path} cannot be written: name a file in a folder that is there.")


def render(matrix: Matrix) -> str:
    """The page: self-contained HTML."""
    template = page_environment(TEMPLATES).get_template("selftest.html")
    return template.render(matrix=matrix, kinds=KIND_TITLES, remark=remark, signs=SIGNS) + "\n"


def print_matrix(matrix: Matrix, console: Console) -> None:
    """What came out, the disagreements last, where they are seen first."""
    console.print(_checks(matrix))
    console.print(_mistakes(matrix))
    if matrix.mutants:
        _print_mutants(matrix, console)
    never = [f"{name} never fails" for name in matrix.never_failing()]
    never += [f"{name} is never the only one to fail" for name in matrix.never_alone()]
    for line in never:
        console.print(f"[yellow]{escape(line)}[/yellow]")
    undecided = [row.name for row in matrix.rows if row.undecided]
    if undecided:
        console.print(f"Not told by a quick run: {escape(', '.join(undecided))}", soft_wrap=True)
    _print_rows(console, "Right designs rejected", matrix.rejected())
    _print_rows(console, "Wrong solutions not caught", matrix.not_caught())
    _print_rows(console, "Wrong solutions caught under another name", matrix.misnamed())
    _print_rows(console, "Blind spots misjudged", (row for row in matrix.of_kind("blind_spots") if row.fault))
    seconds = [row.seconds for row in matrix.rows]
    counts = ", ".join(f"{len(matrix.of_kind(kind))} {title.lower()}" for kind, title in KIND_TITLES.items())
    console.print(
        f"{counts}; {sum(seconds) / len(seconds):.1f} s each (at most {max(seconds):.1f}), "
        f"{matrix.seconds:.0f} s in all."
    )
    _print_shares(matrix, console)
    agree = len(matrix.rows) - len(matrix.disagreeing)
    color = "green" if matrix.passed else "red"
    console.print(f"[bold {color}]{agree} of {len(matrix.rows)} are judged as they claim to be.[/]")


def _print_shares(matrix: Matrix, console: Console) -> None:
    """The rates that the matrix stands for, if its solutions are like those that are still to come."""
    right = matrix.of_kind("right")
    wrong = [row for row in matrix.of_kind("wrong") if not row.undecided]
    shares = [
        ("Right designs that pass", sum(not row.fault for row in right), len(right)),
        ("Wrong solutions caught", sum(bool(row.failed) for row in wrong), len(wrong)),
        ("Wrong solutions caught by name", sum(not row.fault for row in wrong), len(wrong)),
    ]
    for title, count, of in shares:
        if of:
            console.print(f"{title}: {Share(count, of)}")


def _print_rows(console: Console, title: str, rows: Iterable[Row]) -> None:
    rows = list(rows)
    if rows:
        console.print(f"\n[bold red]{title}[/]")
    for row in rows:
        console.print(f"  {escape(row.name)}: {escape(row.fault)}", soft_wrap=True)


def _checks(matrix: Matrix) -> Table:
    """One line a check: how often it fails, and which solutions depend on it."""
    table = Table(title=f"Checks of {matrix.assignment}", title_justify="left")
    table.add_column("check", no_wrap=True)
    for heading in ("fails", "alone"):
        table.add_column(heading, justify="right")
    table.add_column("mistakes that it alone catches")
    alone, of_one = matrix.caught_by_one(), matrix.mistakes_of_one_check()
    for check in matrix.checks:
        mistakes = ", ".join(mistake for mistake, only in of_one.items() if only == check)
        table.add_row(escape(check), str(matrix.fails(check)), str(len(alone[check])), escape(mistakes))
    return table


def _mistakes(matrix: Matrix) -> Table:
    """One line a mistake: which checks caught it."""
    table = Table(title="Mistakes, and how many solutions with them each check caught", title_justify="left")
    table.add_column("mistake", no_wrap=True)
    table.add_column("solutions", justify="right")
    table.add_column("caught by")
    for mistake, checks in matrix.caught().items():
        caught = ", ".join(f"{check} {times}" for check, times in checks.most_common()) or "[red]no check[/red]"
        table.add_row(escape(mistake), str(matrix.claiming(mistake)), caught)
    return table


def _print_mutants(matrix: Matrix, console: Console) -> None:
    table = Table(title="Mutants by edit", title_justify="left")
    table.add_column("edit", no_wrap=True)
    fates = matrix.fates()
    for fate in fates:
        table.add_column(fate, justify="right")
    for operator, counted in matrix.by_operator().items():
        table.add_row(operator, *(str(counted[fate] or "") for fate in fates))
    console.print(table)
    told = ", ".join(f"{number} {fate}" for fate, number in fates.items())
    console.print(
        f"{len(matrix.mutants)} mutants made of {matrix.possible_mutants} possible: {told} "
        f"({matrix.killed_by_raising} of the killed raise)."
    )
    _print_mutant_rows(console, "Survivors: another right design, or a mistake that no check sees?", matrix, "survived")
    _print_mutant_rows(console, "Mutants that a person would have to judge", matrix, "undecided")
    _print_mutant_rows(console, "Mutants at which a check itself broke", matrix, "fault")


def _print_mutant_rows(console: Console, title: str, matrix: Matrix, fate: str) -> None:
    rows = matrix.with_fate(fate)
    if rows:
        console.print(f"\n[bold]{title}[/bold]")
    for row in rows:
        console.print(f"  {escape(describe(row))}", soft_wrap=True)


def describe(row: MutantRow) -> str:
    """A mutant in one line: where, what was done, and the code before and after."""
    edit = row.edit
    place = f"{row.claim.path.stem}.py:{edit.line}" + (f" in {edit.function}" if edit.function else "")
    told = f"{place}, {edit.operator}: `{edit.before}` -> `{edit.after or '(nothing)'}`"
    return told + (f" [{remark(row)}]" if remark(row) else "")


def remark(row: MutantRow) -> str:
    """What helps a person to judge a mutant: what it raises, and which checks did not decide."""
    undecided = [name for name, cell in row.cells.items() if cell.outcome in ("cannot_judge", "not_checked")]
    said = [row.reason.strip().splitlines()[-1]] if row.reason.strip() else []
    if row.fate == "undecided":
        said += [f"not decided: {', '.join(undecided)}"]
    return "; ".join(said)
