"""Grades one Python file as if a student had written it into the released notebook: `autograder try`.

Goes a submission's way through the flow course material -> submission -> trace -> verdict, and stops there.
The file is parsed here, to say where a syntax error is, but only ever executed in the sandbox.
"""

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.config import Course
from autograder.errors import UsageError
from autograder.graded_cell import as_text
from autograder.grading import EXECUTED, Task, grade_submission, make_task
from autograder.intake import Submission, grade_id, graded_by_checks, is_code_answer, locked
from autograder.sandbox.workspace import open_folder
from autograder.shown.visible import visible
from autograder.verdict import Verdict

_ELSEWHERE = "# The whole solution is in the first solution cell."
_ANSI = re.compile(r"\x1b\[[0-9;]*m")  # colors, as IPython puts them into tracebacks
_MAX_LINES = 30  # of a traceback that are printed, from its end
_SHOWN = ("name", "cell", "outcome", "points", "max_points", "rationale", "help")


@dataclass(frozen=True)
class Attempt:
    """The verdict on one file.

    Attributes:
        verdict: what the checks say.
        phases: seconds by phase of the grading.
        seconds: of it all.
        raised: for each test cell that raised by itself, its name and the traceback.
    """

    verdict: Verdict
    phases: dict[str, float]
    seconds: float
    raised: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return all(check.outcome == "passed" for check in self.verdict.checks)

    def to_json(self) -> dict[str, Any]:
        verdict = self.verdict.to_json()
        checks = [{key: check[key] for key in _SHOWN} for check in verdict["checks"]]
        shown = {key: verdict[key] for key in ("assignment", "points", "max_points")}
        return {**shown, "checks": checks, "seconds": round(self.seconds, 3)}

    def to_text(self) -> str:
        phases = ", ".join(f"{phase} {seconds:.1f} s" for phase, seconds in self.phases.items())
        verdict = as_text(self.verdict.checks, self.verdict.points, self.verdict.max_points)
        faults = "".join(f"\nA fault of the grader:\n{fault}\n" for fault in self.verdict.faults)
        raised = "".join(f"\n{text}\n" for text in self.raised)
        return f"{verdict}\n{raised}{faults}{self.seconds:.1f} s ({phases})"


def try_solution(
    course: Course,
    assignment: str,
    source: str,
    keep_trace: Path | None = None,
    keep_notebook: Path | None = None,
) -> Attempt:
    """Grade a Python file.

    Args:
        course: the course.
        assignment: name of the assignment.
        source: what is in the file.
        keep_trace: a folder to make, for the probes and the trace; `pytest checks/ASSIGNMENT
            --trace-folder FOLDER` then judges them again.
        keep_notebook: a file for the notebook as it ran, with what its cells printed and raised.

    Raises:
        UsageError: there is nothing to try, or this machine cannot grade.
    """
    begin = time.perf_counter()
    task = make_solution_task(course, assignment, source)
    if keep_trace is not None:
        try:
            keep_trace.mkdir(parents=True)
        except OSError as error:
            raise UsageError(f"{keep_trace} cannot be made ({error.strerror}): name a new folder.") from None
    with open_folder() as temporary:
        folder = keep_trace or temporary
        graded = grade_submission(task, folder)
        raised: tuple[str, ...] = ()
        if (folder / EXECUTED).exists():
            raised = tuple(_tracebacks(nbformat.read(folder / EXECUTED, as_version=4)))
            if keep_notebook is not None:
                _copy(folder / EXECUTED, keep_notebook)
    return Attempt(Verdict.from_json(graded.verdict), graded.seconds, time.perf_counter() - begin, raised)


def make_solution_task(course: Course, assignment: str, source: str) -> Task:
    """The task for a Python file, handed in as the whole solution.

    Raises:
        UsageError: there is nothing to try.
    """
    release = nbformat.read(course.release_notebook(assignment), as_version=4)
    names = [str(grade_id(cell)) for cell in release.cells if is_code_answer(cell)]
    if not names:
        raise UsageError(f"The notebook of {assignment} has no solution cell for code, so there is nothing to try.")
    answers = dict.fromkeys(names, _ELSEWHERE) | {names[0]: source}
    notebook = nbformat.writes(fill_in(release, answers)).encode("utf-8")
    return make_task(course, assignment, Submission(notebook, {}))


def _tracebacks(executed: NotebookNode) -> Iterator[str]:
    for cell in filter(graded_by_checks, executed.cells):
        for output in cell.outputs:
            if output.output_type == "error":
                lines = visible(_ANSI.sub("", "\n".join(output.traceback))).splitlines()[-_MAX_LINES:]
                told = "\n".join(f"    {line}" for line in lines) or f"    {visible(output.ename)}"
                yield f"The test cell {grade_id(cell)} raised:\n{told}"


def _copy(executed: Path, to: Path) -> None:
    try:
        shutil.copyfile(executed, to)
    except OSError as error:
        raise UsageError(f"{to} cannot be written ({error.strerror}): name another file.") from None


def fill_in(release: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """A copy of the released notebook with `answers` (text by grade_id) in its solution cells."""
    notebook = nbformat.from_dict(release)
    for cell in notebook.cells:
        if not locked(cell) and grade_id(cell) in answers:
            cell.source = answers[str(grade_id(cell))]
    return notebook
