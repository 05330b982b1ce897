"""Watches a sandbox that runs, and ends it without a trace: between submission and trace.

The first process in a sandbox is process 1 of its own process name space: when it ends, the kernel ends all others, and
it only counts as ended when they are gone. So killing it, and waiting for it through a descriptor (a number could be
used again), leaves nothing behind.
"""

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Sequence

from autograder.sandbox.cgroup import MemoryGroup
from autograder.sandbox.command import HOME, OUTBOX, SOCKETS
from autograder.sandbox.limits import MAX_FILES, Limits
from autograder.sandbox.memory import Tree, count_files, measure_memory

WATCH_SECONDS = 0.2
START_SECONDS = 30.0  # bubblewrap itself takes 0.05 s, a fork of a template 0.02
KEPT_STDERR = 4000
WRITABLE = (OUTBOX, SOCKETS, HOME, "/tmp", "/dev/shm")


class Sandbox:
    """A program that runs in a sandbox, however that was started.

    Attributes:
        pidfd: of its process 1.
        folders: descriptors of its writable folders, opened before the program began; they stay readable when
            the sandbox is gone, until `close`.
        reason: why it was killed, or None.
        peak_memory: most bytes that all its processes and writable folders were seen to use together.
    """

    pidfd: int

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.reason: str | None = None
        self.peak_memory = 0
        self.folders: dict[str, int] = {}
        self._deadline: float | None = None
        self._stderr = b""
        self._group = MemoryGroup.create(limits)
        self._closed = False
        self._watcher: threading.Thread | None = None

    def stderr(self) -> str:
        """The end of what the program wrote to its standard error."""
        return self._stderr.decode(errors="replace")

    def set_deadline(self, seconds: float) -> None:
        """Has the sandbox killed after that time, even when the launching thread is busy."""
        self._deadline = time.monotonic() + seconds

    def kill(self, reason: str) -> None:
        """Kills all its processes; the first reason is kept."""
        if self.reason is None and not self.is_dead():
            self.reason = reason
        send_kill(self.pidfd)

    def is_dead(self, seconds: float = 0) -> bool:
        """Whether all its processes are gone, waiting that long for it."""
        return bool(wait_readable([self.pidfd], seconds))

    def wait(self) -> int:
        """Waits for the end of all its processes; returns the exit status, 128 + n for signal n."""
        self.is_dead(START_SECONDS)
        status = self._exit_status()
        if self._watcher is not None:
            self._watcher.join()
        return status

    def was_lost(self) -> bool:
        """Whether it ended, when it has, because what started it was ended from outside."""
        return False

    def close(self) -> None:
        """Kills what is left, waits for it and lets go of the outbox and all else."""
        if self._closed:
            return
        self._closed = True
        if self._watcher is not None:
            send_kill(self.pidfd)
            self.wait()
        if hasattr(self, "pidfd"):
            os.close(self.pidfd)
        for descriptor in self.folders.values():
            os.close(descriptor)
        self._let_go()
        self._group.remove()

    def _exit_status(self) -> int:
        raise NotImplementedError

    def _let_go(self) -> None:
        """Closes what else is open."""
        raise NotImplementedError

    def _start_watching(self, tree: Tree, stderr: int) -> None:
        self._watcher = threading.Thread(target=self._watch, args=(tree, stderr), name="sandbox-watch", daemon=True)
        self._watcher.start()

    def _watch(self, tree: Tree, stderr: int) -> None:
        """Until the sandbox is dead: reads its standard error away, kills it at a limit."""
        sources = [self.pidfd, stderr]
        next_look = 0.0
        while True:
            ready = wait_readable(sources, max(0.0, next_look - time.monotonic()))
            if stderr in ready:
                part = os.read(stderr, 65536)
                self._stderr = (self._stderr + part)[-KEPT_STDERR:]
                if not part:
                    sources.remove(stderr)
            if self.pidfd in ready:
                return
            if time.monotonic() >= next_look:
                self._look(tree)
                next_look = time.monotonic() + WATCH_SECONDS

    def _look(self, tree: Tree) -> None:
        folders = list(self.folders.values())
        used = measure_memory(tree, folders, self.limits.resident_memory)
        self.peak_memory = max(self.peak_memory, used)
        if used > self.limits.resident_memory or self._group.was_full():
            self.kill(f"it used more than {self.limits.resident_memory // 2**20} MiB of memory")
        elif count_files(folders) > MAX_FILES:
            self.kill(f"it made more than {MAX_FILES} files")
        elif self._deadline is not None and time.monotonic() > self._deadline:
            self.kill("it ran out of time")


class SandboxError(Exception):
    """The sandbox could not be made."""


def wait_readable(descriptors: Sequence[int], seconds: float) -> list[int]:
    """Those descriptors that can be read; `select` could not take one above 1,023."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(seconds * 1000)]


def send_kill(pidfd: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
