"""Grades one submission: a pure function from bytes to bytes.

Spans submission -> trace -> verdict in the flow course material -> submission -> trace -> verdict ->
gradebook -> report. There is no database in it, so it runs on any machine that has bubblewrap, this package, and the
course's checks and helpers in their place. A fault of ours is an exception, and never a zero.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from autograder import intake, stored_results
from autograder.clock import Clock, phases
from autograder.config import Assignment, Course
from autograder.deciding import last_deciding, run_part, show_handed_in
from autograder.graded import GradedSubmission
from autograder.graded_cell import write_into_cell
from autograder.imports import code_of, imported_names
from autograder.judging import Judgement, judge, make_probes
from autograder.reasons import explain, note_cut_off
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm.pool import prepare_template
from autograder.sandbox.workspace import open_folder
from autograder.shown.printable import printable
from autograder.shown.visible import as_markdown
from autograder.verdict import Verdict

if TYPE_CHECKING:
    from autograder.execution import Execution

EXECUTED = "executed.ipynb"
NOTES_ID = "autograder-notes"
OVERHEAD_SECONDS = (
    300.0  # of one run: a minute at most for the kernel to start, two to judge, and the rest for a slow disk
)


@dataclass(frozen=True)
class Task:
    """All that is needed to grade one submission.

    Attributes:
        assignment: what is graded; its checks and helpers must be in their places where the task is done.
        notebook: the student's notebook, as `intake.read_submission` reads it; empty where it is missing.
        files: the student's other files, by path relative to the submission.
        release: the released notebook.
        seed: of the probes; unknown to the student.
        limits: of the sandbox.
        refused: what was left out when the submission was read, one sentence each.
        unreadable: why the notebook, though it is there, could not be read; or None.
    """

    assignment: Assignment
    notebook: bytes
    files: dict[str, bytes]
    release: bytes
    seed: int
    limits: Limits
    refused: tuple[str, ...] = ()
    unreadable: str | None = None

    @property
    def key(self) -> str:
        """The name under which the result of this task is stored."""
        told = json.dumps([self.unreadable, self.refused]).encode()  # what was not read is part of the result, too
        content = stored_results.content_hash(self.notebook, self.files | {"": told})
        return stored_results.result_key(self.assignment, content, self.release, self.seed, self.limits)


def make_task(course: Course, assignment: str, submission: intake.Submission) -> Task:
    """The task for one submission; its seed follows from its content and the course's secret."""
    content = stored_results.content_hash(submission.notebook, submission.files)
    return Task(
        assignment=course.assignment(assignment),
        notebook=submission.notebook,
        files=submission.files,
        release=course.release_notebook(assignment).read_bytes(),
        seed=stored_results.make_seed(course.secret, assignment, content),
        limits=course.limits,
        refused=submission.refused,
        unreadable=submission.unreadable,
    )


def longest_seconds(limits: Limits) -> float:
    """Wall time in seconds after which grading one submission has ended, whatever is in it.

    Two runs where it is near a threshold, and each a second time where the sandbox was killed by something unknown.
    """
    return 4 * (limits.notebook_seconds + OVERHEAD_SECONDS)


def grade_submission(
    task: Task, folder: Path | None = None, *, warm: bool = True, all_cells: bool = False
) -> GradedSubmission:
    """Repair, run in the sandbox, judge, and write the verdict into the graded cells.

    Args:
        task: what to grade.
        folder: where to leave the probes, the trace and the notebook as it ran (`inbox/`, `outbox/`, `EXECUTED`); else
            they are not kept.
        warm: whether the sandbox may be a fork of a template; the result is the same.
        all_cells: whether also the cells are run on which no point depends.

    Raises:
        UsageError: this machine cannot grade, for example since it has no bubblewrap.
        Exception: any other is a fault of the grader; the submission is then not graded.
    """
    release = nbformat.reads(task.release.decode("utf-8"), as_version=4)
    given = [path.name for path in task.assignment.helpers]
    repaired = intake.repair(task.notebook, release, task.unreadable, task.files, task.refused, given)
    remarks = [*task.refused, *repaired.remarks]
    how = _How(
        imported_names(code_of(release)) if warm else None, None if all_cells else last_deciding(repaired.notebook)
    )
    if how.warm is not None and not repaired.unreadable:
        prepare_template(how.warm, task.assignment.helpers)
    with open_folder() as temporary:
        place = folder or temporary
        notebook, judged, peak, seconds = _run_and_judge(task, repaired, place, remarks, how)
        if folder is not None:
            (folder / EXECUTED).write_text(nbformat.writes(notebook), encoding="utf-8")
        verdict = judged.verdict
        near = verdict.near_threshold
        if near:
            (place / "again").mkdir()
            told: list[str] = []
            other_seed = replace(task, seed=task.seed ^ 1)
            _, second, peak_again, seconds_again = _run_and_judge(other_seed, repaired, place / "again", told, how)
            verdict = verdict.decided_by(second.verdict)
            peak, seconds = max(peak, peak_again), seconds | {"second run": round(sum(seconds_again.values()), 3)}
            remarks += [remark for remark in told if remark not in remarks]
            remarks += [f"Chance may decide here, so a second run with another seed did: {c.title}" for c in near]
    places = [intake.grade_id(cell) for cell in release.cells]
    checks = sorted(verdict.checks, key=lambda check: places.index(check.cell) if check.cell in places else -1)
    verdict = replace(verdict, checks=tuple(checks)).doubted(repaired.doubts)  # in the order of the notebook
    write_verdict(notebook, verdict, judged.figures)
    _add_notes(notebook, remarks)
    nbformat.validate(notebook)
    return GradedSubmission(
        notebook=nbformat.writes(notebook).encode("utf-8"),
        verdict=verdict.to_json(),
        remarks=tuple(remarks),
        seconds=seconds,
        peak_memory=peak,
        waiting=repaired.waiting,
        content=stored_results.content_hash(task.notebook, task.files),
    )


def write_verdict(notebook: NotebookNode, verdict: Verdict, figures: Mapping[str, bytes]) -> None:
    """Replace the outputs of every cell whose points come from the checks; `figures` are PNGs by grade id.

    Raises:
        RuntimeError: the checks and the release disagree about a cell; nbgrader would take a cell that has no
            output for full marks, so this must never pass.
    """
    for cell in notebook.cells:
        if intake.graded_by_checks(cell):
            name, points = intake.grade_id(cell), float(cell.metadata["nbgrader"]["points"])
            checks = verdict.for_cell(str(name))
            worth = sum(check.max_points for check in checks)
            if not checks or abs(worth - points) > 1e-9:
                raise RuntimeError(f"The checks of cell {name} are worth {worth:g} points, the cell {points:g}.")
            write_into_cell(cell, checks, figures.get(str(name)))


@dataclass(frozen=True)
class _How:
    """How a notebook is run: what a template has imported, if any, and the last code cell, if not all are run."""

    warm: tuple[str, ...] | None
    last: int | None


def _run_and_judge(
    task: Task, repaired: intake.Repaired, folder: Path, remarks: list[str], how: _How
) -> tuple[NotebookNode, Judgement, int, dict[str, float]]:
    clock = Clock()
    from autograder.execute import run_notebook
    from autograder.shown.clean import clean_outputs

    clock.lap("imports")
    inbox, outbox = folder / "inbox", folder / "outbox"
    inbox.mkdir()
    outbox.mkdir()
    make_probes(task.assignment, task.seed, inbox)
    clock.lap("probes")
    if repaired.unreadable:
        remarks.append(f"{repaired.unreadable} Nothing could be run, so nothing could be checked.")
        verdict = judge(task.assignment, folder).verdict.not_checked(repaired.unreadable)
        return repaired.notebook, Judgement(verdict, {}), 0, clock.seconds
    execution = run_notebook(
        repaired.notebook,
        files=task.files,
        inbox=inbox,
        limits=task.limits,
        outbox=outbox,
        helpers=task.assignment.helpers,
        warm=how.warm,
        last=how.last,
    )
    clock.split(phases(execution))
    if execution.stopped:
        remarks.append(execution.stopped)
    note = _compare_and_show(task.notebook, execution, how.last)
    if note and not execution.stopped:
        remarks.append(note)
    remarks += note_cut_off(execution)
    remarks += [f"Left out of what the notebook recorded: {printable(what, 200)}." for what in execution.refused]
    judged = judge(task.assignment, folder)
    judged = replace(judged, verdict=explain(judged.verdict, execution))
    clock.lap("judging")
    clean_outputs(execution.notebook)
    return execution.notebook, judged, execution.peak_memory, clock.seconds


def _compare_and_show(submitted: bytes, execution: "Execution", last: int | None) -> str | None:
    """Shows what was handed in where nothing was run, and says what the run does not show as it was handed in.

    It only informs, so no failure of it may stop the grading.
    """
    from autograder.reproduce import read_submitted, reproduction_note

    try:
        handed_in = read_submitted(submitted)
        run = execution.notebook if last is None else run_part(execution.notebook, last)
        note = None if execution.stopped else reproduction_note(handed_in, run)
        if last is not None:
            show_handed_in(execution.notebook, handed_in, last)
        return note
    except Exception as error:
        return f"What was handed in could not be compared with our run ({type(error).__name__}); no points are lost."


def _add_notes(notebook: NotebookNode, remarks: list[str]) -> None:
    if remarks:
        text = "**Notes of the autograder**\n\n" + "\n".join(f"- {as_markdown(remark)}" for remark in remarks)
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text, id=NOTES_ID))
