"""Judges one trace in forked children, so that what a trace does to a check costs that check only.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands inside the process
that judges. A child runs the checks one after the other and tells of each when it begins and when it ends. Each check
has processor time of its own, which the kernel enforces; if a child is killed, be it for its time, its memory or by
a library that crashed, the check that it was at cannot judge, those that had ended keep their outcome, and the next
child goes on behind it.
"""

import base64
import contextlib
import gc
import json
import os
import resource
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NoReturn, TextIO

from autograder.checks.causes import name_causes
from autograder.checks.judge import draw_figures, run_checks
from autograder.checks.load import Checks
from autograder.checks.outcome import CheckEnded
from autograder.checks.session import Session, Watcher
from autograder.verdict import CheckResult, Verdict

EXTRA_MEMORY = 1536 * 2**20  # bytes of addresses that judging may take beyond what the imports have taken
MAX_ANSWER = 64 * 2**20  # bytes that one child may say
PATIENCE = 15  # the wall time of a check over its processor time: other processes want to run, too
_COLLECTION = "collecting the checks"  # comes first and reads nothing of the trace
_FIGURES = "drawing the figures"  # come last
_LATE = "Judging what was recorded for this took longer than {seconds:g} seconds, so a person will look at it."
_KILLED = "Judging what was recorded for this ended without an answer, so a person will look at it."

Ended = Literal["done", "late", "killed"]


@dataclass
class _Story:
    """What the children told of one trace: all checks, what has ended, what broke, and what they were at."""

    checks: tuple[CheckResult, ...] = ()
    results: dict[str, CheckResult] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)  # PNGs in base64, by grade id
    at: str = _COLLECTION
    done: bool = False

    def hear(self, line: bytes) -> None:
        match json.loads(line):
            case {"collected": checks}:
                self.checks = tuple(CheckResult(**check) for check in checks)
            case {"begins": name}:
                self.at = name
            case {"ended": result}:
                self.results[result["name"]] = CheckResult(**result)
            case {"fault": fault}:
                self.faults.append(fault)
            case {"figures": figures}:
                self.figures = figures
            case {"done": done}:
                self.done = done


def judge_in_children(checks: Checks, folder: Path, seconds: float, requests: int) -> dict[str, Any]:
    """The verdict on the trace in `folder` and its figures or, under "fault", why there is none.

    Args:
        checks: of the assignment.
        folder: holds `inbox/` and `outbox/`.
        seconds: processor time of one check.
        requests: descriptor of the stream of requests; this process ends when nobody waits for the answer any more.
    """
    (folder / "outbox").mkdir(exist_ok=True)
    story = _Story()
    tried: set[str] = set()
    while (ended := _run_child(checks, folder, seconds, requests, story)) != "done":
        if story.at in story.results:  # it died between two checks
            continue
        if ended == "killed" and story.at not in tried:  # perhaps by something that has nothing to do with the trace
            tried.add(story.at)
            continue
        if story.at == _COLLECTION:
            return {"fault": "\n".join(["The checks could not be run.", *story.faults])}
        if story.at == _FIGURES:
            story.faults.append(f"The process that drew the figures was {ended}.")
            break
        (check,) = (check for check in story.checks if check.name == story.at)
        why = (_LATE if ended == "late" else _KILLED).format(seconds=seconds)
        story.results[check.name] = replace(check, outcome="cannot_judge", rationale=why)
    results = name_causes(checks.known, tuple(story.results[check.name] for check in story.checks))
    verdict = Verdict(checks.place.stem, results, tuple(dict.fromkeys(story.faults)))
    return {"verdict": verdict.to_json(), "figures": story.figures}


def _run_child(checks: Checks, folder: Path, seconds: float, requests: int, story: _Story) -> Ended:
    """Fork a child, hear it to its end, and say how it ended."""
    story.at = _COLLECTION
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_child(checks, folder, seconds, story.results, writing)
    os.close(writing)
    try:
        heard_out = _hear(reading, requests, seconds * PATIENCE, story)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if story.done:
        return "done"
    out_of_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
    return "late" if out_of_time or not heard_out else "killed"


def _hear(reading: int, requests: int, patience: float, story: _Story) -> bool:
    """Take in what a child says; False if it says nothing for too long, or too much."""
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(requests, select.POLLHUP)
    heard, pending = 0, b""
    while ready := dict(poll.poll(patience * 1000)):
        if ready.get(requests, 0) & select.POLLHUP:
            sys.exit()  # the name space ends with this process, and the child with it
        if reading in ready:
            piece = os.read(reading, 2**20)
            if not piece:
                return True
            heard += len(piece)
            if heard > MAX_ANSWER:
                return False
            *lines, pending = (pending + piece).split(b"\n")
            for line in lines:
                story.hear(line)
    return False


def _be_the_child(
    checks: Checks, folder: Path, seconds: float, results: dict[str, CheckResult], writing: int
) -> NoReturn:
    """Judge, tell, and end this process."""
    try:
        with os.fdopen(writing, "w", encoding="utf-8") as stream:
            gc.disable()  # it would touch, and so copy, all that there is of this process
            _limit_memory()
            tempfile.tempdir = str(folder)  # which ends with the request
            teller = _Teller(stream, seconds)
            teller.begins(_COLLECTION)
            try:
                session = Session(dict(results), watcher=teller)
                run_checks(checks, folder, session)
                teller.begins(_FIGURES)
                teller.tell(figures=_encoded(draw_figures(checks, folder, session)), done=True)
            except (Exception, CheckEnded):  # a fault of ours: it is told, and costs what was being judged
                teller.tell(fault=traceback.format_exc())
    finally:
        os._exit(0)


class _Teller(Watcher):
    """Tells the parent of each check, and gives each its own processor time."""

    def __init__(self, stream: TextIO, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds

    def tell(self, **said: Any) -> None:
        for key, value in said.items():
            self._stream.write(json.dumps({key: value}) + "\n")
        self._stream.flush()

    def collected(self, checks: Sequence[CheckResult]) -> None:
        self.tell(collected=[asdict(check) for check in checks])

    def begins(self, name: str) -> None:
        self.tell(begins=name)
        signal.setitimer(signal.ITIMER_PROF, self._seconds)  # when it ends, the kernel kills, also inside a library

    def ended(self, result: CheckResult, fault: str) -> None:
        self.tell(ended=asdict(result), **({"fault": fault} if fault else {}))


def _encoded(figures: dict[str, bytes]) -> dict[str, str]:
    return {cell: base64.b64encode(png).decode() for cell, png in figures.items()}


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    addresses = pages * os.sysconf("SC_PAGE_SIZE") + EXTRA_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (addresses, addresses))
