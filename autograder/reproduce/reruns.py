"""Runs submissions from scratch, as they were handed in, and compares what they show with what was handed in.

Stands between submission and report in the flow course material -> submission -> trace -> verdict -> gradebook ->
report. The notebook runs in the sandbox of grading, but trains in full and prints what its student saw: no probes
are there, and nothing is recorded.
"""

import multiprocessing
import os
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder import intake
from autograder.config import Course
from autograder.errors import UsageError
from autograder.reproduce.compare import Comparison, compare_notebooks
from autograder.reproduce.read import read_submitted
from autograder.sandbox.limits import Limits
from autograder.sandbox.workspace import open_folder
from autograder.shown.printable import printable


@dataclass(frozen=True)
class Rerun:
    """One submission to run.

    Attributes:
        team: name of its folder in `submitted/`.
        submission: its files.
        release: the released notebook.
        epochs: how many epochs the training may take, or None for as many as the notebook asks for.
        limits: of the sandbox.
        helpers: packages and modules of the course that it may import.
        given: files of the kit that lie beside the notebook, by their path.
    """

    team: str
    submission: intake.Submission
    release: bytes
    epochs: int | None
    limits: Limits
    helpers: tuple[Path, ...] = ()
    given: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Reproduction:
    """What became of it.

    Attributes:
        team: name of its folder in `submitted/`.
        comparison: of the submitted notebook with the run, or None where nothing could be run.
        stopped: why nothing could be run, or why the run did not come to its end; or None.
        remarks: what else a person should know, one sentence each.
        seconds: of the run.
    """

    team: str
    comparison: Comparison | None
    stopped: str | None = None
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        if self.comparison is None:
            return "could not be run"
        if self.stopped:
            return "did not run to its end"
        if self.comparison.without_outputs:
            return "handed in without outputs"
        return self.comparison.outcome.words

    @property
    def reproduces(self) -> bool:
        return self.comparison is not None and not self.stopped and self.comparison.reproduces


def read_reruns(
    course: Course, assignment: str, teams: Sequence[str], epochs: int | None, minutes: float
) -> list[Rerun]:
    """What to run: the submissions of `teams`, or of all who handed in, as they lie in `submitted/` now.

    Args:
        minutes: wall and processor time of one submission.

    Raises:
        UsageError: there is nothing to run, or no such team.
    """
    from autograder.plans.write_plans import public_files  # needs torch, which workers do without

    settings = course.assignment(assignment)
    release = course.release_notebook(assignment).read_bytes()
    everyone = course.handed_in(assignment)
    if not everyone:
        raise UsageError(f"Nothing to run: there is no folder {course.root}/submitted/*/{assignment}.")
    unknown = [team for team in teams if team not in everyone]
    if unknown:
        raise UsageError(f"There is no {course.root}/submitted/{unknown[0]}/{assignment}: name a folder that is there.")
    given = public_files(settings.checks) if settings.checks.exists() else {}  # what the test cells say stands on them
    seconds = 60 * minutes
    limits = replace(course.limits, cell_seconds=seconds, notebook_seconds=seconds, cpu_seconds=round(seconds) + 60)
    return [
        Rerun(
            team,
            intake.read_submission(course.root / "submitted" / team / assignment, settings.notebook, settings.required),
            release,
            epochs,
            limits,
            settings.helpers,
            given,
        )
        for team in everyone
        if not teams or team in teams
    ]


def reproduce(reruns: Sequence[Rerun], processes: int | None = None) -> Iterator[Reproduction]:
    """Run all of them, some at once, and yield each as it ends.

    Raises:
        UsageError: this machine cannot make the sandbox, or a process was ended from outside.
    """
    context = multiprocessing.get_context("spawn")
    workers = min(processes or os.cpu_count() or 1, len(reruns))
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(reproduce_one, rerun) for rerun in reruns]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool:
            raise UsageError("A process ended, perhaps for lack of memory: run fewer at once (--processes).") from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def reproduce_one(rerun: Rerun) -> Reproduction:
    """Run one submission and compare; a fault of ours is told, and ends nothing else.

    Raises:
        UsageError: this machine cannot make the sandbox.
    """
    try:
        return _run_and_compare(rerun)
    except UsageError:
        raise
    except Exception as error:
        told = traceback.format_exception_only(error)[-1].strip()
        return Reproduction(rerun.team, None, f"The autograder itself failed: {printable(told, 300)}")


def _run_and_compare(rerun: Rerun) -> Reproduction:
    from autograder.execute import run_notebook

    content, release = rerun.submission.notebook, nbformat.reads(rerun.release.decode("utf-8"), as_version=4)
    repaired = intake.repair(content, release, rerun.submission.unreadable)
    if repaired.unreadable:
        return Reproduction(rerun.team, None, repaired.unreadable, rerun.submission.refused)
    submitted = read_submitted(content)
    with open_folder() as folder:
        (inbox := folder / "inbox").mkdir()  # empty: no probes
        execution = run_notebook(
            _from_scratch(submitted, rerun.epochs),
            files={**rerun.submission.files, **rerun.given},
            inbox=inbox,
            limits=rerun.limits,
            helpers=rerun.helpers,
        )
    execution.notebook.cells.pop(0)
    comparison = compare_notebooks(submitted, execution.notebook, rerun.epochs)
    stopped = execution.stopped and execution.stopped.replace("The notebook", "The new run")
    remarks = (*rerun.submission.refused, *_not_as_released(repaired.remarks), *comparison.remarks)
    return Reproduction(rerun.team, comparison, stopped, remarks, execution.seconds)


def _from_scratch(submitted: NotebookNode, epochs: int | None) -> NotebookNode:
    """The notebook without its outputs, which its code could otherwise read, and with full training."""
    settings = f'COURSE_INBOX="", COURSE_OUTBOX="", COURSE_MAX_EPOCHS="{epochs or ""}", COURSE_MAX_STEPS_PER_EPOCH=""'
    first = new_code_cell(f'__import__("os").environ.update({settings})')  # leaves no name behind
    cells = [new_code_cell(cell.source, metadata=cell.metadata) for cell in submitted.cells]
    return nbformat.v4.new_notebook(cells=[first, *cells])


def _not_as_released(remarks: Sequence[str]) -> list[str]:
    """What intake would repair for grading; here the notebook ran as it was handed in."""
    return [f"For grading this is repaired, here it ran as handed in: {remark}" for remark in remarks]
