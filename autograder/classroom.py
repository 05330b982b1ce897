"""Grades a whole class: sends the submissions of an assignment to Dask and yields each result as it ends.

Stands around the step from submission to verdict in the flow course material -> submission -> trace ->
verdict -> gradebook -> report. What has a stored result is not graded again. A worker that dies, or a fault
of the grader, costs only the submission that it was at; no point is given or taken for it. So does a worker
that does not answer any more.
"""

import logging
import os
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from autograder import intake, stored_results
from autograder.config import Assignment, Course
from autograder.errors import UsageError
from autograder.graded import GradedSubmission, load_graded, store_graded
from autograder.grading import Task, grade_submission, longest_seconds, make_task
from autograder.handed_in import read_handed_in
from autograder.sandbox.workspace import open_folder

if TYPE_CHECKING:
    from distributed import Client, Future

_AHEAD = 2  # submissions sent to each worker: one that runs, one that waits
# Bytes of submissions that are on their way or with the workers at a time; one that has more goes alone. Dask holds
# each of them about three times, here and in a worker, which are to stay below 600 MiB.
MAX_CARRIED = 64 * 2**20
_AGAIN = "run the command again."


@dataclass(frozen=True)
class Outcome:
    """What became of one student's submission.

    Attributes:
        student: id of the student or team.
        key: name of the stored result.
        graded: the result, or None where the grader failed.
        fault: why the grader failed, or None.
        reused: whether the result was there already.
    """

    student: str
    key: str
    graded: GradedSubmission | None = None
    fault: str | None = None
    reused: bool = False


def read_class_task(course: Course, assignment: str, student: str) -> Task:
    """The task for what `student` handed in, as it lies in `submitted/` now."""
    return make_task(course, assignment, read_handed_in(course, assignment, student))


def grade_class(
    course: Course,
    assignment: str,
    scheduler: str | None = None,
    again: bool = False,
    students: Sequence[str] | None = None,
) -> Iterator[Outcome]:
    """Grade what lies in `submitted/` and yield an outcome for each submission, as it ends.

    Args:
        course: the course.
        assignment: name of the assignment.
        scheduler: address of a running Dask scheduler; by default a cluster of processes on this machine.
        again: grade also what has a stored result.
        students: whose; by default of all who handed in. A single one is graded by this process, unless there is a
            scheduler, since a cluster takes longer to start than a submission to be graded.

    Raises:
        UsageError: the assignment has no hidden checks, nothing can be graded here, or the scheduler does not answer.
    """
    course.assignment(assignment).require_checks()
    waiting: deque[_Waiting] = deque()
    for student in course.handed_in(assignment) if students is None else students:
        if reason := intake.unusable_name(student):
            yield Outcome(student, "", fault=reason)
            continue
        key, size = _look_at(course, assignment, student)
        stored = None if again else load_graded(course, assignment, key)
        if stored:
            yield Outcome(student, key, stored, reused=True)
        else:
            waiting.append(_Waiting(student, size))
    if not waiting:
        return
    if students is not None and len(waiting) == 1 and scheduler is None:
        yield _grade_here(course, assignment, waiting.popleft().student)
        return
    release = course.release_notebook(assignment).read_bytes()
    with _dask(course.assignment(assignment), release, scheduler, len(waiting)) as client:
        yield from _grade_on(client, course, assignment, waiting)


def _grade_here(course: Course, assignment: str, student: str) -> Outcome:
    """Grades one submission in this process; a fault of the grader costs only that, as it does with a worker."""
    task = read_class_task(course, assignment, student)
    try:
        graded = grade_submission(task)
    except UsageError:
        raise
    except Exception as error:
        return Outcome(student, task.key, fault=_tell(error, error.__traceback__))
    store_graded(course, assignment, task.key, graded)
    return Outcome(student, task.key, graded)


@dataclass(frozen=True)
class _Waiting:
    """A submission that is to be graded, and the bytes that it has."""

    student: str
    size: int


@dataclass(frozen=True)
class _Sent:
    """A submission that is with Dask: whose it is, its bytes, the name of its result, and the end of patience."""

    student: str
    size: int
    key: str
    timer: threading.Timer


def _look_at(course: Course, assignment: str, student: str) -> tuple[str, int]:
    """The name of the result of what `student` handed in, and how many bytes that is; it is not kept."""
    task = read_class_task(course, assignment, student)
    return task.key, len(task.notebook) + sum(len(content) for content in task.files.values())


def _grade_on(client: "Client", course: Course, assignment: str, waiting: deque[_Waiting]) -> Iterator[Outcome]:
    from distributed import as_completed

    ended = as_completed(raise_errors=False)
    sent: dict[str, _Sent] = {}  # by the future's key
    late: set[str] = set()

    def give_up(future: "Future[Any]") -> None:
        late.add(str(future.key))
        future.cancel()

    def send_next() -> None:
        turn = waiting.popleft()
        task = read_class_task(course, assignment, turn.student)
        with warnings.catch_warnings():  # Dask's, on more than 10 MiB: a submission may have them
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            future = client.submit(grade_submission, task, pure=False, key=f"grade-{turn.student}-{task.key[:12]}")
        timer = threading.Timer(_AHEAD * longest_seconds(task.limits), give_up, [future])
        timer.daemon = True
        timer.start()
        sent[str(future.key)] = _Sent(turn.student, turn.size, task.key, timer)
        ended.add(future)

    def send_what_fits() -> None:
        while waiting and len(sent) < most:
            carried = sum(other.size for other in sent.values())
            if sent and carried + waiting[0].size > MAX_CARRIED:
                break
            send_next()

    most = _AHEAD * len(client.scheduler_info(n_workers=-1)["workers"])
    send_what_fits()
    for future in ended:
        done = sent.pop(str(future.key))
        student, key, timer = done.student, done.key, done.timer
        timer.cancel()
        error = future.exception() if future.status == "error" else None
        if isinstance(error, UsageError):
            raise error
        if future.status == "finished":
            graded = future.result()
            store_graded(course, assignment, key, graded)
            yield Outcome(student, key, graded)
        elif str(future.key) in late:
            yield Outcome(student, key, fault=f"No answer of a worker within {timer.interval:.0f} seconds; {_AGAIN}")
        else:
            yield Outcome(student, key, fault=_tell(error, future.traceback() if error else None))
        future.release()
        send_what_fits()


def _tell(error: BaseException | None, trace: TracebackType | None) -> str:
    if error is None:
        return f"The work was lost on its way; {_AGAIN}"
    return "".join(traceback.format_exception(type(error), error, trace))


@contextmanager
def _dask(assignment: Assignment, release: bytes, scheduler: str | None, most: int) -> Iterator["Client"]:
    """A client of the scheduler at that address, or of a cluster that lives as long as the block."""
    import dask
    from distributed import Client, LocalCluster

    if scheduler is None:
        workers = min(os.cpu_count() or 1, most)
        with (
            open_folder() as folder,
            dask.config.set({"temporary-directory": str(folder)}),  # swept by the next run if this one is killed
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",  # by default any machine could reach it, at a port that may be taken
                silence_logs=logging.CRITICAL,  # what a task raises is told with its outcome
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout="5s")
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"No Dask scheduler answers at {scheduler} ({type(error).__name__}).") from None
    with client:
        try:
            versions = client.run(stored_results.grader_version, assignment, release)
        except (ImportError, OSError) as error:
            raise UsageError(
                f"A Dask worker lacks what it needs ({error}): install this package there, and put the course's checks "
                f"and helpers into {assignment.root}."
            ) from None
        if not versions:
            raise UsageError(f"The Dask scheduler at {scheduler} has no workers.")
        mine = stored_results.grader_version(assignment, release)
        other = sorted(worker for worker, found in versions.items() if found != mine)
        if other:
            raise UsageError(f"These Dask workers have another version of the grader: {', '.join(other)}.")
        yield client
