"""Shows in the terminal what was given back to whom, and who gets nothing yet."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from autograder.collect.git import FEEDBACK_BRANCH
from autograder.collect.sources import read_sources
from autograder.config import Course
from autograder.errors import UsageError
from autograder.handback import Way
from autograder.handback.choose import Feedback, Held, choose
from autograder.handback.files import write_folders, write_zips
from autograder.handback.mail import write_messages
from autograder.handback.push import push_feedback
from autograder.people import Status
from autograder.shown.visible import in_terminal


def return_and_show(
    course: Course,
    assignment: str,
    way: Way,
    console: Console,
    *,
    teams: Sequence[str] = (),
    stale: Mapping[str, str] | None = None,
    waiting: bool = False,
    to: Path | None = None,
    sources: Path | None = None,
    sender: str = "",
) -> bool:
    """Give back what there is, and say what is held; whether nothing is.

    `teams`, `stale` and `waiting` are as for `choose`; the others are what the way needs.

    Raises:
        UsageError: something that the way needs is missing or wrong; nothing was given back then.
    """
    stale = stale or {}
    given, held = choose(course, assignment, teams, stale, waiting)
    folder = to or course.root / "returned" / assignment
    if way is Way.push:
        held += _push(assignment, given, sources, console)
    else:
        if way is Way.mail:
            written, without = write_messages(given, folder, sender)
            held += without
        else:
            written = (write_folders if way is Way.folder else write_zips)(given, folder)
        what = {Way.folder: "folders", Way.zip: "zip files", Way.mail: "messages"}[way]
        console.print(f"{len(written)} {what} in {in_terminal(str(folder))}", soft_wrap=True)
    for one in held:
        console.print(f"{in_terminal(one.team)}: held, {in_terminal(one.reason)}", soft_wrap=True)
    if any(one.reason == Status.WAITING for one in held):
        console.print(f"Mark them with `autograder mark {assignment}`, or add --waiting.", soft_wrap=True)
    if any(one.team in stale for one in held):
        console.print(f"Grade them with `autograder grade {assignment}`.", soft_wrap=True)
    return not held


def _push(assignment: str, given: Sequence[Feedback], sources: Path | None, console: Console) -> list[Held]:
    """Push to each repository that the list names; those whose feedback could not be pushed."""
    if sources is None:
        raise UsageError("Name the list of repositories with --from, as for `autograder collect`.")
    addresses = read_sources(sources)
    held = []
    for feedback in given:
        address = addresses.get(feedback.source) if feedback.source is not None else None
        if not isinstance(address, str):
            held.append(Held(feedback.team, "has no repository in the list"))
            continue
        done = push_feedback(feedback, assignment, address, int(time.time()))
        if done.commit is None:
            held.append(Held(feedback.team, f"not pushed to {address}: {done.problem}"))
            continue
        what = "pushed" if done.new else "is there already"
        told = f"{feedback.team}: {done.commit[:10]} {what} on {FEEDBACK_BRANCH} of {address}"
        console.print(in_terminal(told), soft_wrap=True)
    return held
