"""Has traces judged in a process that can do no harm, and keeps that process warm.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is how grading asks for
probes and for verdicts. A trace is the work of a stranger, and judging it means reading it with large libraries; so
that is done by `autograder.judging.server`, in the sandbox that submissions run in. What comes back is a verdict in
JSON. Where judging ends without one, no point is given or taken, and a person looks.
"""

import atexit
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from autograder.errors import GraderFault, UsageError
from autograder.judging.wire import ENDED, LATE, TOO_LARGE, read_folder, read_message, write_folder, write_message
from autograder.sandbox.command import LAUNCHER_ENVIRONMENT, SUBMISSION, build_command
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.probe import check_sandbox
from autograder.sandbox.seccomp import open_filter
from autograder.verdict import Verdict

SECONDS = 60.0  # for one trace; the reference solution's takes 0.4
LIMITS = Limits(cpu_seconds=7 * 24 * 3600, outbox_size=1024 * MIB, file_size=512 * MIB)  # of the process that stays
_PACKAGE = Path(__file__).resolve().parent.parent
_PROGRAM = f"import sys; sys.path.insert(0, {SUBMISSION!r}); from autograder.judging.server import serve; serve()"
_WHY = {
    LATE: f"Judging what this notebook recorded took longer than {SECONDS:.0f} seconds",
    TOO_LARGE: "What this notebook recorded is too large to be judged",
}
_ENDED = "Judging what this notebook recorded ended without an answer"


@dataclass(frozen=True)
class Judgement:
    """What came of judging one trace.

    Attributes:
        verdict: what the checks say.
        figures: PNGs for the feedback, by the grade id of their cell.
    """

    verdict: Verdict
    figures: dict[str, bytes]


def make_probes(assignment: str, seed: int, inbox: Path) -> None:
    """Write the probes of `assignment` into `inbox`, one folder each; equal seeds give equal probes.

    Raises:
        UsageError: the assignment has no checks, or this machine has no sandbox.
    """
    require_checks(assignment)
    _, files = _judges().ask({"do": "make probes", "assignment": assignment, "seed": seed}, {})
    write_folder(inbox, files)


def require_checks(assignment: str) -> None:
    """Raises UsageError if the assignment has no hidden checks, as a class lab."""
    if not (_PACKAGE / "checks" / assignment / "probes.py").is_file():
        raise UsageError(f"There are no hidden checks for {assignment!r}: autograder/checks/{assignment}/ is missing.")


def judge(assignment: str, folder: Path) -> Judgement:
    """Run the checks of `assignment` over `folder/inbox` and `folder/outbox`.

    Raises:
        GraderFault: a check raised what it should not have.
        UsageError: this machine has no sandbox.
    """
    parts = {part: read_folder(folder / part) for part in ("inbox", "outbox")}
    files = {f"{part}/{name}": content for part, found in parts.items() for name, content in found.items()}
    message, figures = _ask(assignment, files)
    if message.get("ended") == ENDED:  # something may have killed it that has nothing to do with the trace
        message, figures = _ask(assignment, files)
    if "ended" not in message:
        return Judgement(Verdict.from_json(message["verdict"]), figures)
    why = f"{_WHY.get(message['ended'], _ENDED)}, so a person will look at it."
    empty, _ = _ask(assignment, {name: content for name, content in files.items() if name.startswith("inbox/")})
    if "ended" in empty:
        raise GraderFault(f"Judging ended without an answer, even where nothing was recorded: {empty['ended']}.")
    checks = Verdict.from_json(empty["verdict"]).checks
    return Judgement(Verdict(assignment, tuple(replace(c, outcome="cannot_judge", rationale=why) for c in checks)), {})


def _ask(assignment: str, files: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, bytes]]:
    message, figures = _judges().ask({"do": "judge", "assignment": assignment, "seconds": SECONDS}, files)
    if "fault" in message:
        raise GraderFault(message["fault"])
    return message, figures


class _Judges:
    """The process of `autograder.judging.server`, started when it is first needed, and again if it ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._process: subprocess.Popen | None = None
        self._errors: IO[bytes] | None = None

    def ask(self, message: Mapping[str, Any], files: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, bytes]]:
        """One request, one answer.

        Raises:
            GraderFault: the process ends without an answer, again and again.
        """
        with self._lock:
            for _ in range(2):
                process = self._running()
                try:
                    write_message(cast(BinaryIO, process.stdin), message, files)
                    answer = read_message(cast(BinaryIO, process.stdout))
                except OSError:
                    answer = None
                if answer is not None:
                    return answer
                said = self.end()
        raise GraderFault(f"The process that judges ended: {said}")

    def _running(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- open as long as the process; a pipe would fill
            self._process = _start(self._errors)
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
def _judges() -> _Judges:
    judges = _Judges()
    atexit.register(judges.end)
    return judges


def _start(errors: IO[bytes]) -> subprocess.Popen:
    check_sandbox()
    seccomp = open_filter()
    program = [os.path.normpath(sys.executable), "-P", "-s", "-c", _PROGRAM]
    try:
        return subprocess.Popen(
            build_command(program, LIMITS, [(_PACKAGE, f"{SUBMISSION}/autograder")], seccomp=seccomp),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=LAUNCHER_ENVIRONMENT,
            pass_fds=[] if seccomp is None else [seccomp],
        )
    finally:
        if seccomp is not None:
            os.close(seccomp)
