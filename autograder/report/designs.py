"""Shows how composed right designs were judged: rates with their bounds, reasons, and the parts that stand out.

Stands at the report of the flow course material -> submission -> trace -> verdict -> gradebook -> report, but for
designs that the selftest composes itself.
"""

import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.report.selftest import fail_unless_writable
from autograder.selftest.designs.rates import Judged, Rates, judge_designs

FIRST_SEED, APART = 5000, 1000  # of the probes: no two designs have the same, so that many are tried
MOST_LINES = 12


def run_and_show(
    checks: Path, numbers: range, seeds: int, processes: int | None, console: Console, json_file: Path | None
) -> Rates:
    """Judge the designs of these numbers on some seeds each, print what came out, also to a file if one is named.

    Raises:
        UsageError: the assignment has no designs or no checks, or the file cannot be written.
    """
    fail_unless_writable(json_file)
    columns = (TextColumn("Judging designs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("Judging designs", total=None)
        rates = judge_designs(
            checks,
            # Seed by seed, so that a part of the work is a fair sample.
            [(number, FIRST_SEED + number * APART + again) for again in range(seeds) for number in numbers],
            processes,
            lambda done, total: progress.update(bar, completed=done, total=total),
        )
    print_rates(rates, console)
    if json_file is not None:
        json_file.write_text(json.dumps(rates.to_json(), indent=1) + "\n", encoding="utf-8")
        console.print(f"JSON: {json_file}", soft_wrap=True, markup=False)
    return rates


def print_rates(rates: Rates, console: Console) -> None:
    """What came out, with exact 95 % bounds."""

    def failed(judged: Judged) -> bool:
        return judged.failed

    def undecided(judged: Judged) -> bool:
        return judged.undecided

    for reason, count in rates.reasons().most_common(MOST_LINES):
        console.print(f"  {count} times: {escape(reason)}", soft_wrap=True)
    for title, which in (("failed", failed), ("not decided", undecided)):
        for part, share in rates.suspects(which)[:MOST_LINES]:
            console.print(f"  {title} with {escape(part)}: {share}", soft_wrap=True)
    seconds = [judged.seconds for judged in rates.judged]
    console.print(f"{sum(seconds) / len(seconds):.1f} s each, {rates.seconds:.0f} s in all; training is left out.")
    for title, which in (("failed", failed), ("not decided", undecided)):
        console.print(f"Right designs {title} on any seed: {rates.designs(which)}; of all runs: {rates.runs(which)}")
