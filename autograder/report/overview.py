"""Writes the feedback pages and the class page, and says in the terminal what matters most of them.

Stands at the report in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from rich.console import Console

from autograder.config import Course
from autograder.feedback.records import Stale
from autograder.feedback.write import write_feedback
from autograder.intake import shown_name
from autograder.overview.gather import look_at_class
from autograder.overview.page import render
from autograder.overview.records import Overview
from autograder.shown.visible import in_terminal
from autograder.verdict import in_words, show_points
from coursekit.whole_file import write_whole

MOST_NAMED = 3  # mistakes, or teams, in one line


def report_and_show(course: Course, assignment: str, console: Console) -> tuple[Path, bool]:
    """Write all pages; print five lines and the next command. Returns the class page, and whether no page is stale.

    Raises:
        UsageError: nothing is graded yet.
    """
    written = write_feedback(course, assignment)
    overview = look_at_class(course, assignment)
    path = course.root / "feedback" / f"{assignment}.html"

    def address(student: str) -> str:
        page = written.pages.get(student)
        return quote(os.path.relpath(page, path.parent)) if page else ""

    write_whole(path, render(overview, address).encode("utf-8"))
    for line in lines_of(overview):
        console.print(in_terminal(line), soft_wrap=True)
    console.print(f"Class page: {in_terminal(str(path))}", soft_wrap=True)
    console.print(f"Feedback pages: {len(written.pages)} under {in_terminal(str(path.parent))}/", soft_wrap=True)
    for line in say_stale(written.stale):
        console.print(in_terminal(line), soft_wrap=True)
    grade_first = f"autograder grade {assignment}"
    again = any(why is not Stale.BROKEN for why in written.stale.values())
    console.print(f"Next: {grade_first if again else next_step(overview)}", soft_wrap=True)
    return path, not written.stale


def lines_of(overview: Overview) -> list[str]:
    """The five lines: how many, how well, what went wrong, what needs a person, what is to be marked."""
    points = sorted(team.points for team in overview.graded if team.points is not None)
    most = max((team.max_points for team in overview.graded), default=0.0)
    middle = f", points so far {show_points(points[0])} to {show_points(points[-1])} of {most:g}" if points else ""
    passed = sum(all(check.outcome == "passed" for check in team.checks) for team in overview.graded)
    mistakes = [f"{in_words(mistake)} ({len(teams)})" for mistake, teams in overview.mistakes]
    decide = [team.student for team in overview.needy] + [who for who, _ in overview.to_decide if who]
    absent = f"; {len(overview.nothing)} handed nothing in" if overview.nothing else ""
    return [
        f"{overview.assignment}: {len(overview.graded)} of {len(overview.teams)} graded{middle}{absent}.",
        f"All checks passed: {passed} of {len(overview.graded)}.",
        f"Mistakes: {_named(mistakes) or 'none'}.",
        f"Need a person: {_named(decide) or 'none'}.",
        f"Written answers still unmarked: {overview.unmarked}.",
    ]


def say_stale(stale: Mapping[str, Stale]) -> list[str]:
    """A sentence on each reason for which pages are stale, with the teams; what to do is the next command."""
    told = {
        Stale.GONE: "No new page, since the stored result is gone or damaged",
        Stale.BROKEN: "No new page, since the grader broke while it made it; see .autograder/faults/",
        Stale.OLDER: "Graded before what is handed in now",
    }
    names = {why: [shown_name(name) for name, its in stale.items() if its is why] for why in told}
    return [f"{said}: {', '.join(names[why])}." for why, said in told.items() if names[why]]


def next_step(overview: Overview) -> str:
    """What to type now."""
    name = overview.assignment
    if len(overview.graded) < len(overview.teams):
        return f"autograder grade {name}"
    return f"autograder mark {name}" if overview.unmarked or overview.needy else f"autograder export {name}"


def _named(texts: list[str]) -> str:
    more = [f"{len(texts) - MOST_NAMED} more"] if len(texts) > MOST_NAMED else []
    return ", ".join(texts[:MOST_NAMED] + more)
