"""The instructor's own notebook, handed in: its solution must get full marks, and the one without a solution none.

The first step of the flow course material -> submission -> trace -> verdict -> gradebook -> report, and at once a walk
through all of it up to the verdict: into the sandbox, with the notebook that students would get.
"""

import re

from autograder.config import Course
from autograder.errors import GraderFault, UsageError
from autograder.graded import load_graded, store_graded
from autograder.grading import Task, grade_submission
from autograder.stored_results import content_hash, make_seed
from autograder.verdict import CheckResult, Verdict

_PLACE = re.compile(r"^(\S[^\n:]*\.py):(\d+):", re.MULTILINE)  # of each call in a traceback; the first is the check's


def require_full_marks(course: Course, name: str, source: bytes, release: bytes) -> None:
    """Grade the notebook `source` as a submission to the notebook `release`.

    Raises:
        UsageError: a check does not pass or cannot be run, or this machine has no sandbox.
    """
    assignment = course.assignment(name)
    verdict = _hand_in(course, name, source, release)
    short = [check for check in verdict.checks if check.points < check.max_points]
    if short:
        first, *others = short
        more = f"; nor do {', '.join(check.name for check in others)} give all of their points" if others else ""
        fault = f" The check broke: {_broke(verdict.faults[0])}" if verdict.faults else ""
        raise UsageError(
            f"Not released, since the solution in {assignment.source / assignment.notebook} does not get full marks: "
            f"{_tell(first)}{more}.{fault} With --no-run it is released as it is."
        )


def warn_of_gifts(course: Course, name: str, release: bytes) -> tuple[str, ...]:
    """A sentence on the checks that give points to the notebook as it is handed out; none where there are none.

    Raises:
        UsageError: a check cannot be run, or this machine has no sandbox.
    """
    given = [check.name for check in _hand_in(course, name, release, release).checks if check.points > 0]
    if not given:
        return ()
    first, *others = given
    more = f", and so {'does' if len(others) == 1 else 'do'} {', '.join(others)}" if others else ""
    return (
        f"{first} gives points to the notebook as it is handed out, with nothing written in it{more}: does the check "
        "look at what it is given?",
    )


def _hand_in(course: Course, name: str, notebook: bytes, release: bytes) -> Verdict:
    """The verdict on a notebook, with the files that come with it; a run that is known is not repeated."""
    assignment = course.assignment(name)
    files = {given: (assignment.source / given).read_bytes() for given in assignment.given}
    seed = make_seed(course.secret, name, content_hash(notebook, files))
    task = Task(assignment, notebook, files, release, seed, course.limits)
    graded = load_graded(course, name, task.key)
    if graded is None:
        try:
            graded = grade_submission(task)
        except GraderFault as broken:
            raise UsageError(
                f"The checks of {name} cannot be run in the sandbox: {_last_line(str(broken))}"
            ) from broken
        store_graded(course, name, task.key, graded)
    return Verdict.from_json(graded.verdict)


def _tell(check: CheckResult) -> str:
    """The check, what became of it, and why, as a clause."""
    why = (check.rationale or check.help).strip().rstrip(".")
    return f"{check.name} of the cell {check.cell} {check.outcome.replace('_', ' ')}" + (f" ({why})" if why else "")


def _broke(fault: str) -> str:
    """Where a check broke, and by what, as a sentence."""
    at = _PLACE.search(fault)
    said = (f"{at[1]}, line {at[2]}: " if at else "") + _last_line(fault)
    return said if said.endswith(("?", "!", ".")) else f"{said}."


def _last_line(fault: str) -> str:
    lines = [line.strip() for line in fault.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if line.startswith("E ")), lines[-1]).removeprefix("E ").strip()
