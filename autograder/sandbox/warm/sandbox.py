"""A sandbox that is forked from a template, used like one that is started cold: between submission and trace."""

import contextlib
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from autograder.sandbox.command import (
    CONNECTION_FILE,
    FONTS,
    GIVEN,
    HOME,
    INBOX,
    OUTBOX,
    SOCKETS,
    SOCKETS_SIZE,
    SUBMISSION,
    shown_below,
)
from autograder.sandbox.limits import Limits
from autograder.sandbox.memory import Tree
from autograder.sandbox.running import KEPT_STDERR, START_SECONDS, Sandbox, SandboxError, wait_readable
from autograder.sandbox.warm.inside.fork import ENDED, FOLDERS, GO
from autograder.sandbox.warm.template import OWN, SPOOL, Template
from autograder.sandbox.workspace import Workspace

_MOST = 1000  # bytes of what a warden says


class WarmSandbox(Sandbox):
    """A kernel in a fork of a template."""

    def __init__(self, template: Template, workspace: Workspace, arguments: Sequence[str], limits: Limits) -> None:
        """Starts the kernel.

        Args:
            template: to be forked.
            workspace: of the submission, in the template's spool.
            arguments: of the kernel's program.
            limits: of the sandbox.

        Raises:
            SandboxError: it did not come up.
        """
        super().__init__(limits)
        self._status: int | None = None
        self._lost = False
        self._warden: int | None = None
        self._stderr_end, errors = os.pipe()
        try:
            self._line = template.fork(_request(workspace, arguments, limits), errors)
        except BaseException:
            os.close(self._stderr_end)
            self._group.remove()
            raise
        finally:
            os.close(errors)
        try:
            tree = self._take_over()
        except BaseException as error:
            said = os.read(self._stderr_end, KEPT_STDERR) if wait_readable([self._stderr_end], 1.0) else b""
            self.close()
            if isinstance(error, (SandboxError, OSError)):
                raise SandboxError(f"{error}: {said.decode(errors='replace')}".strip(": ")) from None
            raise
        self._start_watching(tree, self._stderr_end)

    def was_lost(self) -> bool:
        """Whether the warden ended before its kernel: with the template, or because somebody killed it."""
        return self.is_dead() and self._exit_status() >= 0 and self._lost

    def _take_over(self) -> Tree:
        """Takes the sandbox from its warden, bounds its memory, and lets it begin."""
        self._line.settimeout(START_SECONDS)
        message, held, _, _ = socket.recv_fds(self._line, _MOST, 16)
        if message != FOLDERS:
            for descriptor in held:
                os.close(descriptor)
            raise SandboxError(message.decode(errors="replace") or "the fork of the template ended at once")
        self._warden, self.pidfd, kernel, *folders = held
        self.folders = dict(zip(_memory(self.limits), folders, strict=True))
        try:
            for process in (self.pidfd, kernel):
                self._group.add(_process_id(process))
        finally:
            os.close(kernel)
        self._line.send(GO)
        return Tree(_process_id(self._warden), with_root=False, own=1)

    def _exit_status(self) -> int:
        if self._status is None:
            said = b""
            with contextlib.suppress(OSError):
                said = self._line.recv(_MOST)
            self._lost = not said.startswith(ENDED)
            self._status = 128 + 9 if self._lost else int(said.removeprefix(ENDED))
        return self._status

    def _let_go(self) -> None:
        self._line.close()
        if self._warden is not None:
            wait_readable([self._warden], START_SECONDS)
            os.close(self._warden)
        os.close(self._stderr_end)


def _memory(limits: Limits) -> dict[str, int]:
    """Sizes of the memory file systems, as in a cold sandbox."""
    size = limits.outbox_size
    return {"/dev/shm": size, "/tmp": size, OUTBOX: size, HOME: size, SOCKETS: SOCKETS_SIZE}


def _request(workspace: Workspace, arguments: Sequence[str], limits: Limits) -> dict[str, object]:
    here = f"{SPOOL}/{workspace.root.name}"
    own = [
        (f"{here}/{workspace.submission.name}", GIVEN),
        (f"{here}/{workspace.inbox.name}", INBOX),
        (f"{here}/{workspace.connection_file.name}", CONNECTION_FILE),
    ]
    memory = _memory(limits)
    return {
        "layout": {
            "memory": memory,
            "shown": [*own, *((path, path) for path in shown_below(list(memory)))],
            "open_folders": [FONTS],
            "covered": [SPOOL, OWN],
        },
        "limits": {
            "RLIMIT_AS": [limits.address_space] * 2,
            "RLIMIT_NPROC": [limits.processes] * 2,
            "RLIMIT_FSIZE": [limits.file_size] * 2,
            "RLIMIT_CPU": [limits.cpu_seconds, limits.cpu_seconds + 5],
            "RLIMIT_NOFILE": [limits.open_files] * 2,
            "RLIMIT_CORE": [0, 0],
            "RLIMIT_MSGQUEUE": [0, 0],
        },
        "arguments": list(arguments),
        "given": GIVEN,
        "work": SUBMISSION,
        "home": HOME,
    }


def _process_id(pidfd: int) -> int:
    """The number of a process here."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    return int(next(line.removeprefix("Pid:") for line in lines if line.startswith("Pid:")))
