"""A small process of ours, in a sandbox of its own, that reads what a stranger made: from submission to report.

It may be starved, flooded or killed by that; the grader only talks with it in frames. The length of an answer is looked
at before it is read, and nothing is waited for without an end: a peer that is gone, late or too talkative counts as
lost.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from autograder.processes import kill_group
from autograder.sandbox.command import LAUNCHER_ENVIRONMENT, SUBMISSION, build_command
from autograder.sandbox.limits import Limits
from autograder.sandbox.seccomp import open_filter
from autograder.sandbox.wire import HEAD, encode

GONE_SECONDS = 1.0  # between the end of what a peer says and that of its process
_PACKAGE = Path(__file__).resolve().parent.parent


class PeerLost(Exception):
    """The peer has ended, or does not answer as one."""


class Peer:
    """One such process.

    Attributes:
        pid: its number here.
    """

    def __init__(self, main: str, sees: Sequence[str], limits: Limits, most: int, passed: Sequence[int] = ()) -> None:
        """Starts the process.

        Args:
            main: the module whose function `serve` it runs.
            sees: files and folders of this package that it imports, and all of it that is in its sandbox.
            limits: of the process.
            most: bytes of one answer.
            passed: descriptors that stay open in it.
        """
        self._most = most
        self._received = bytearray()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- open as long as the process; a pipe would fill
        binds = [(_PACKAGE / name, f"{SUBMISSION}/autograder/{name}") for name in ("sandbox/wire.py", *sees)]
        start = f"import sys; sys.path.insert(0, {SUBMISSION!r}); from {main} import serve; serve()"
        program = [os.path.normpath(sys.executable), "-P", "-s", "-c", start]
        seccomp = open_filter()
        try:
            self._process = subprocess.Popen(
                build_command(program, limits, binds, seccomp=seccomp),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=LAUNCHER_ENVIRONMENT,
                pass_fds=passed if seccomp is None else [*passed, seccomp],
                start_new_session=True,
            )
        finally:
            if seccomp is not None:
                os.close(seccomp)
        self.pid = self._process.pid
        self._requests = cast(Any, self._process.stdin).fileno()
        self._answers = cast(Any, self._process.stdout).fileno()
        os.set_blocking(self._requests, False)

    def send(self, request: Mapping[str, Any], end: float) -> None:
        """Sends a request.

        Raises:
            PeerLost: it has not been taken in at that time of the monotonic clock.
        """
        content = memoryview(encode(request))
        poll = select.poll()
        poll.register(self._requests, select.POLLOUT)
        while content:
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                raise PeerLost
            try:
                content = content[os.write(self._requests, content) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise PeerLost from None

    def receive(self, end: float, wake: int | None = None) -> Any:
        """The next answer; None at that time, or earlier when the descriptor `wake` becomes readable.

        Raises:
            PeerLost: there will be none.
        """
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        if wake is not None:
            poll.register(wake, select.POLLIN)
        while True:
            size = int.from_bytes(self._received[:HEAD], "big") if len(self._received) >= HEAD else None
            if size is not None and size > self._most:
                raise PeerLost
            if size is not None and len(self._received) >= HEAD + size:
                content = bytes(self._received[HEAD : HEAD + size])
                del self._received[: HEAD + size]
                return json.loads(content)
            ready = dict(poll.poll(max(0.0, end - time.monotonic()) * 1000))
            if self._answers in ready:
                part = os.read(self._answers, 2**18)
                if not part:
                    raise PeerLost
                self._received += part
            elif not ready or wake in ready:
                return None

    def said(self) -> str:
        """The end of what it wrote to its standard error."""
        self._errors.seek(0)
        return self._errors.read()[-500:].decode(errors="replace")

    def was_killed(self) -> bool:
        """Whether it is gone and was killed from outside: its own limits end it with other signals, or by errors."""
        try:
            return self._process.wait(GONE_SECONDS) in (-signal.SIGKILL, 128 + signal.SIGKILL)
        except subprocess.TimeoutExpired:
            return False

    def close(self) -> None:
        kill_group(self._process)
        self._process.wait()
        for stream in (self._process.stdout, self._process.stdin):
            cast(Any, stream).close()
        self._errors.close()
