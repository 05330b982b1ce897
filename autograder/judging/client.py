"""Has traces judged in a process that can do no harm, and keeps that process warm.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is how grading asks for
probes and for verdicts. A trace is the work of a stranger, and judging it means reading it with large libraries; so
that is done by `autograder.judging.server`, in the sandbox that submissions run in. What comes back is a verdict in
JSON. Files go over piece by piece, and only those that a probe asks for.
"""

import atexit
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from autograder.config import Assignment
from autograder.errors import GraderFault
from autograder.judging.wire import names_in, read_message, write_message
from autograder.sandbox.command import LAUNCHER_ENVIRONMENT, SUBMISSION, build_command
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.seccomp import open_filter
from autograder.sandbox.self_check import check_sandbox
from autograder.verdict import Verdict
from coursekit.trace_files import JSON_FILE, TENSOR_FILE

SECONDS = 10.0  # of processor time for each check; the slowest of the reference solution takes 0.2
LIMITS = Limits(cpu_seconds=7 * 24 * 3600, outbox_size=1024 * MIB, file_size=512 * MIB)  # of the process that stays
_PACKAGE = Path(__file__).resolve().parent.parent
_PROGRAM = f"import sys; sys.path.insert(0, {SUBMISSION!r}); from autograder.judging.server import serve; serve()"


@dataclass(frozen=True)
class Judgement:
    """What came of judging one trace.

    Attributes:
        verdict: what the checks say.
        figures: PNGs for the feedback, by the grade id of their cell.
    """

    verdict: Verdict
    figures: dict[str, bytes]


def make_probes(assignment: Assignment, seed: int, inbox: Path) -> None:
    """Write the probes of `assignment` into `inbox`, one folder each; equal seeds give equal probes.

    Raises:
        UsageError: the assignment has no checks, or this machine has no sandbox.
    """
    message = {"do": "make probes", "checks": assignment.require_checks().name, "seed": seed}
    _judges(_Course.of(assignment)).ask(message, inbox, inbox)


def judge(assignment: Assignment, folder: Path) -> Judgement:
    """Run the checks of `assignment` over `folder/inbox` and `folder/outbox`.

    Raises:
        GraderFault: the checks could not be run at all.
        UsageError: this machine has no sandbox.
    """
    with tempfile.TemporaryDirectory() as nothing:
        message = {"do": "judge", "checks": assignment.checks.name, "seconds": SECONDS}
        answer = _judges(_Course.of(assignment)).ask(message, folder, Path(nothing), _names_to_judge(folder))
    if "fault" in answer:
        raise GraderFault(answer["fault"])
    figures = {cell: b64decode(png) for cell, png in answer["figures"].items()}
    return Judgement(Verdict.from_json(answer["verdict"]), figures)


def _names_to_judge(folder: Path) -> list[str]:
    """The probes, and of what was recorded the files that answer them: whatever else lies there is nobody's."""
    asked = {path.name for path in (folder / "inbox").iterdir()}
    recorded = [
        name
        for name in names_in(folder / "outbox")
        if Path(name).parts[0] in asked and Path(name).name in (JSON_FILE, TENSOR_FILE)
    ]
    return [
        *(f"inbox/{name}" for name in names_in(folder / "inbox")),
        *(f"outbox/{name}" for name in recorded),
    ]


@dataclass(frozen=True)
class _Course:
    """What the process sees of a course: its checks, and what they and the notebooks import."""

    checks: Path
    helpers: tuple[Path, ...]

    @staticmethod
    def of(assignment: Assignment) -> "_Course":
        return _Course(assignment.checks.parent, assignment.helpers)

    def binds(self) -> list[tuple[Path, str]]:
        return [(path, f"{SUBMISSION}/{path.name}") for path in (self.checks, *self.helpers)]


class _Judges:
    """The process of `autograder.judging.server`, started when it is first needed, and again if it ended."""

    def __init__(self, course: _Course) -> None:
        self._course = course
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def ask(self, message: Mapping[str, Any], folder: Path, answers: Path, names: Sequence[str] = ()) -> dict[str, Any]:
        """One request, with the files of these names in `folder`; one answer, its files written into `answers`.

        Raises:
            GraderFault: the process ends without an answer, again and again.
        """
        with self._lock:
            for _ in range(2):
                process = self._running()
                try:
                    write_message(cast(BinaryIO, process.stdin), message, folder, names)
                    answer = read_message(cast(BinaryIO, process.stdout), answers)
                except OSError:
                    answer = None
                if answer is not None:
                    return answer
                said = self.end()
        raise GraderFault(f"The process that judges ended: {said}")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- open as long as the process; a pipe would fill
            self._process = _start(self._course, self._errors)
        return self._process

    def end(self) -> str:
        """Ends the process; returns the end of what it wrote to its standard error."""
        process, errors, self._process = self._process, self._errors, None
        if process is None or errors is None or self._owner != os.getpid():
            return ""
        process.kill()
        process.wait()
        with errors:
            errors.seek(0)
            said = errors.read()[-2000:].decode(errors="replace")
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what could not be sent any more
                    stream.close()
        return said


@cache
def _judges(course: _Course) -> _Judges:
    judges = _Judges(course)
    atexit.register(judges.end)
    return judges


def _start(course: _Course, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    check_sandbox()
    seccomp = open_filter()
    program = [os.path.normpath(sys.executable), "-P", "-s", "-c", _PROGRAM]
    try:
        return subprocess.Popen(
            build_command(program, LIMITS, [(_PACKAGE, f"{SUBMISSION}/autograder"), *course.binds()], seccomp=seccomp),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=LAUNCHER_ENVIRONMENT,
            pass_fds=[] if seccomp is None else [seccomp],
        )
    finally:
        if seccomp is not None:
            os.close(seccomp)
