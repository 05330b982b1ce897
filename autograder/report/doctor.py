"""Shows what `autograder doctor` found: one line a finding, then what to do.

Stands before everything else in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.config import Course
from autograder.doctor.attacks import attack_sandbox
from autograder.doctor.finding import Finding, State
from autograder.doctor.machine import look_at_machine

_COLORS: dict[State, str] = {"good": "green", "warning": "yellow", "bad": "red"}


def examine_and_show(course: Course, console: Console) -> list[Finding]:
    """Look at this machine, attack its sandbox, and print a table of it all."""
    with console.status("Looking at this machine, and trying to break out of its sandbox ..."):
        findings = [*look_at_machine(course), *attack_sandbox(course)]
    table = Table(title="Can this machine grade safely?", title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("state")
    table.add_column("found")
    for finding in findings:
        color = _COLORS[finding.state]
        table.add_row(finding.what, f"[{color}]{finding.state}[/{color}]", escape(finding.found))
    console.print(table)
    for finding in findings:
        if finding.advice:
            console.print(f"{finding.what}: {escape(finding.advice)}", soft_wrap=True)
    bad = sum(finding.state == "bad" for finding in findings)
    console.print(f"No: {bad} of {len(findings)} findings are bad." if bad else "Yes, this machine can grade safely.")
    return findings
