"""The process in which traces are judged: it has everything imported, and forks a child for each of them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this makes the verdict, in the
same kind of sandbox as submissions run in: no network, nothing of the host to be seen, nothing to be changed. A child
has limits on time and memory of its own and judges one trace; whatever a trace may do to it ends with it. The other end
is `autograder.judging.client`.
"""

import contextlib
import importlib
import os
import pkgutil
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from autograder.judging.wire import ENDED, LATE, TOO_LARGE, read_folder, read_message, write_folder, write_message

EXTRA_MEMORY = 1536 * 2**20  # bytes of addresses that judging may take beyond what the imports have taken
MAX_ANSWER = 64 * 2**20


def serve() -> None:
    """Answers requests from standard input until it is closed."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)  # what is printed must not come between the answers
    while (request := read_message(requests)) is not None:
        message, files = request
        _import_everything(message["assignment"])
        if message["do"] == "make probes":
            answer = _make_probes(message["assignment"], message["seed"])
        else:
            answer = _judge_in_child(message, files, requests)
        write_message(answers, *answer)


def _import_everything(assignment: str) -> None:
    """What judging needs is imported before the fork: it takes seconds, judging does not."""
    for name in ("autograder.checks", f"autograder.checks.{assignment}"):
        for module in pkgutil.iter_modules(importlib.import_module(name).__path__):
            if not module.name.startswith(("test_", "conftest")):
                importlib.import_module(f"{name}.{module.name}")


def _make_probes(assignment: str, seed: int) -> tuple[dict[str, Any], dict[str, bytes]]:
    from autograder.checks.judge import make_probes

    with tempfile.TemporaryDirectory() as folder:
        make_probes(assignment, seed, Path(folder))
        return {}, read_folder(Path(folder))


def _judge_in_child(
    message: dict[str, Any], files: dict[str, bytes], requests: BinaryIO
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The answer of a forked child, or why there is none; ends with it when nobody waits for the answer."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_child(message, files, writing)
    os.close(writing)
    try:
        answer, ended = _wait_for_answer(reading, requests.fileno(), message["seconds"])
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if ended is None:
        with tempfile.TemporaryFile() as file:
            file.write(answer)
            file.seek(0)
            with contextlib.suppress(ValueError):
                read = read_message(file)
                if read is not None:
                    return read
    return {"ended": ended or ENDED}, {}


def _wait_for_answer(reading: int, requests: int, seconds: float) -> tuple[bytes, str | None]:
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(requests, select.POLLHUP)
    end = time.monotonic() + seconds
    answer = b""
    while True:
        ready = dict(poll.poll(max(0.0, end - time.monotonic()) * 1000))
        if not ready:
            return answer, LATE
        if ready.get(requests, 0) & select.POLLHUP:
            sys.exit()  # the name space ends with this process, and the child with it
        if reading in ready:
            part = os.read(reading, 2**20)
            answer += part
            if not part:
                return answer, None
            if len(answer) > MAX_ANSWER:
                return answer, TOO_LARGE


def _be_the_child(message: dict[str, Any], files: dict[str, bytes], writing: int) -> None:
    """Judges and ends this process."""
    try:
        _limit(message["seconds"])
        with os.fdopen(writing, "wb") as stream:
            write_message(stream, *_judge(message["assignment"], files))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _limit(seconds: float) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    addresses = pages * os.sysconf("SC_PAGE_SIZE") + EXTRA_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (addresses, addresses))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))


def _judge(assignment: str, files: dict[str, bytes]) -> tuple[dict[str, Any], dict[str, bytes]]:
    from autograder.checks import GraderFault, draw_figures, judge

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "outbox").mkdir()
        try:
            write_folder(folder, files)
            verdict = judge(assignment, folder).to_json()
            return {"verdict": verdict}, draw_figures(assignment, folder)
        except MemoryError:
            return {"ended": TOO_LARGE}, {}
        except GraderFault as fault:
            return {"fault": str(fault)}, {}
