"""The grader's end of the conversation with a kernel in a sandbox: between submission and trace.

The grader itself never touches the kernel's sockets, since what arrives there may be anything, in any amount. It has a
relay do that (`autograder.sandbox.relay`), in a sandbox without anything in it, and is sent one report for each cell.
The length of a report is looked at before it is read, and nothing is waited for without an end: a relay that is gone,
late or too talkative counts as lost, and with it the kernel.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import nbformat
from nbformat import NotebookNode

from autograder.sandbox.command import LAUNCHER_ENVIRONMENT, SOCKETS, SUBMISSION, build_command
from autograder.sandbox.kernel import SOCKET, Kernel
from autograder.sandbox.limits import FLOOD_FACTOR, MIB, Limits
from autograder.sandbox.process import SandboxError
from autograder.sandbox.relay.outputs import clean_count, clean_output
from autograder.sandbox.relay.wire import ENDED, HEAD, READY, Ended, encode
from autograder.sandbox.seccomp import open_filter

RELAY_MEMORY = 512 * MIB
"""Addresses of the relay, which hold all messages that have arrived and one that is parsed.

An honest notebook sends at most `FLOOD_FACTOR` times what is kept, 128 MiB. Started, the relay has 45 MiB.
"""
PARSED_FACTOR = 4  # a message of more than this many times what is kept is not parsed, but noted as left out
LAST_REPORT_SECONDS = 5.0  # for the relay to report what it has when the kernel is dead
_RELAY = Path(__file__).with_name("relay")
_PROGRAM = f"import sys; sys.path.insert(0, {SUBMISSION!r}); from autograder.sandbox.relay.serve import serve; serve()"


@dataclass(frozen=True)
class CellReport:
    """What became of one cell.

    Attributes:
        ended: how it ended.
        outputs: what is kept of its outputs.
        count: the kernel's number of the execution.
        failed: whether it stopped with an error, which is then its last output of that kind.
    """

    ended: Ended
    outputs: list[NotebookNode]
    count: int | None
    failed: bool


class RelayLost(Exception):
    """The relay has ended, or does not answer as one."""


class Conversation:
    """The conversation with one kernel.

    Attributes:
        pid: the relay's process here.
    """

    def __init__(self, kernel: Kernel, limits: Limits) -> None:
        """Starts the relay, which connects as soon as the kernel is there."""
        self._kernel = kernel
        self._most = 8 * limits.output_size + MIB  # of a report: in JSON a character may take 6 bytes
        self._received = bytearray()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- open as long as the process; a pipe would fill
        sockets = kernel.sandbox.folders[SOCKETS]
        self._process = _start(sockets, limits, self._errors.fileno())
        self.pid = self._process.pid
        self._requests = cast(Any, self._process.stdin).fileno()
        self._reports = cast(Any, self._process.stdout).fileno()
        os.set_blocking(self._requests, False)
        settings = {
            "prefix": f"/proc/self/fd/{sockets}/{SOCKET}",
            "key": kernel.key,
            "kept": limits.output_size,
            "most": FLOOD_FACTOR * limits.output_size,
            "most_parsed": PARSED_FACTOR * limits.output_size,
        }
        self._send(settings, 5.0)

    def wait_until_ready(self, seconds: float) -> None:
        """Until the kernel answers the relay.

        Raises:
            SandboxError: it does not.
        """
        try:
            answer = self._next_frame(time.monotonic() + seconds)
        except RelayLost:
            self._errors.seek(0)
            said = self._errors.read()[-500:].decode(errors="replace")
            raise SandboxError(f"the connection to the kernel did not come up: {said}") from None
        if answer != READY:
            sandbox = self._kernel.sandbox
            why = "ended before the first cell" if sandbox.is_dead() else "did not answer"
            raise SandboxError(f"the kernel {why}: {sandbox.stderr()[-500:]}")

    def run(self, cell: int, source: str, seconds: float) -> None:
        """Has the kernel run a cell."""
        self._send({"do": "run", "cell": cell, "source": source}, seconds)

    def interrupt(self) -> None:
        self._send({"do": "interrupt"}, 1.0)

    def wait_for_report(self, seconds: float) -> CellReport | None:
        """The report on the cell that runs; None where there is none after that time.

        When the kernel dies meanwhile, the report says what arrived before.

        Raises:
            RelayLost: there will be none.
        """
        answer = self._next_frame(time.monotonic() + seconds)
        if answer is None and self._kernel.sandbox.is_dead():
            self._send({"do": "end"}, 1.0)
            answer = self._next_frame(time.monotonic() + LAST_REPORT_SECONDS, also_dead=True)
            if answer is None:
                raise RelayLost
        return None if answer is None else _read_report(answer)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stdin):
            cast(Any, stream).close()
        self._errors.close()

    def _send(self, request: dict[str, Any], seconds: float) -> None:
        """Sends as much as the relay takes in; what it does not take in time is a matter of the clocks."""
        content = memoryview(encode(request))
        end = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._requests, select.POLLOUT)
        while content:
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                raise RelayLost
            try:
                content = content[os.write(self._requests, content) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise RelayLost from None

    def _next_frame(self, end: float, also_dead: bool = False) -> Any:
        """The next thing that the relay says; None at that time, or earlier when the kernel dies."""
        poll = select.poll()
        poll.register(self._reports, select.POLLIN)
        if not also_dead:
            poll.register(self._kernel.sandbox.pidfd, select.POLLIN)
        while True:
            size = int.from_bytes(self._received[:HEAD], "big") if len(self._received) >= HEAD else None
            if size is not None and size > self._most:
                raise RelayLost
            if size is not None and len(self._received) >= HEAD + size:
                content = bytes(self._received[HEAD : HEAD + size])
                del self._received[: HEAD + size]
                return json.loads(content)
            ready = dict(poll.poll(max(0.0, end - time.monotonic()) * 1000))
            if self._reports in ready:
                part = os.read(self._reports, 2**18)
                if not part:
                    raise RelayLost
                self._received += part
            elif not ready or self._kernel.sandbox.pidfd in ready:
                return None


def _start(sockets: int, limits: Limits, errors: int) -> subprocess.Popen:
    own = replace(Limits(), address_space=RELAY_MEMORY, processes=16, outbox_size=MIB, file_size=MIB, open_files=64)
    # it lives as long as the notebook, and may be busy all the time
    own = replace(own, cpu_seconds=2 * round(limits.notebook_seconds) + 60)
    seccomp = open_filter()
    program = [os.path.normpath(sys.executable), "-P", "-s", "-c", _PROGRAM]
    binds = [(_RELAY, f"{SUBMISSION}/autograder/sandbox/relay")]
    passed = [sockets] if seccomp is None else [sockets, seccomp]
    try:
        return subprocess.Popen(
            build_command(program, own, binds, seccomp=seccomp),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=LAUNCHER_ENVIRONMENT,
            pass_fds=passed,
            start_new_session=True,
        )
    finally:
        if seccomp is not None:
            os.close(seccomp)


def _read_report(answer: Any) -> CellReport:
    """The report, where it is one."""
    if not isinstance(answer, dict) or answer.get("ended") not in ENDED or not isinstance(answer.get("outputs"), list):
        raise RelayLost
    outputs = [output for output in map(clean_output, answer["outputs"]) if output is not None]
    return CellReport(
        answer["ended"], nbformat.from_dict(outputs), clean_count(answer.get("count")), answer.get("failed") is True
    )
