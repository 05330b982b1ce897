"""Starts one sandbox, watches what it uses, and ends it without a trace: between submission and trace.

The first process in the sandbox is process 1 of its own process name space: when it ends, the kernel ends all
others, and it only counts as ended when they are gone. So killing it, and waiting for it through a descriptor
(a number could be used again), leaves nothing behind. The launching thread must live as long as the sandbox:
bubblewrap is told to die with it.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from autograder.sandbox.cgroup import MemoryGroup
from autograder.sandbox.command import HOME, LAUNCHER_ENVIRONMENT, OUTBOX, SOCKETS, build_command
from autograder.sandbox.limits import MAX_FILES, Limits
from autograder.sandbox.memory import count_files, measure_memory
from autograder.sandbox.seccomp import open_filter

WATCH_SECONDS = 0.2
START_SECONDS = 30.0  # bubblewrap itself takes 0.05 s
KEPT_STDERR = 4000
_WRITABLE = (OUTBOX, SOCKETS, HOME, "/tmp", "/dev/shm")


class SandboxProcess:
    """A program that runs in a sandbox.

    Attributes:
        pid: its process 1, as seen from here.
        folders: descriptors of its writable folders, opened before the program began; they stay readable when
            the sandbox is gone, until `close`.
        reason: why it was killed, or None.
        peak_memory: most bytes that all its processes and writable folders were seen to use together.
    """

    def __init__(
        self,
        program: Sequence[str],
        limits: Limits,
        binds: Sequence[tuple[Path, str]] = (),
        as_root: bool | None = None,
        copies: str | None = None,
    ) -> None:
        """Starts the program; the arguments are those of `build_command`.

        Raises:
            SandboxError: bubblewrap did not come up; the message is what it said.
        """
        self.limits = limits
        self.reason: str | None = None
        self.peak_memory = 0
        self.folders: dict[str, int] = {}
        self._deadline: float | None = None
        self._stderr = b""
        self._group = MemoryGroup.create(limits)
        self._closed = False
        info, info_inside = os.pipe()
        wait_inside, go = os.pipe()
        filter_inside = open_filter()
        passed = [info_inside, wait_inside, *([] if filter_inside is None else [filter_inside])]
        try:
            options = ["--info-fd", str(info_inside), "--block-fd", str(wait_inside)]
            self.popen = subprocess.Popen(
                build_command(program, limits, binds, options, filter_inside, as_root, copies),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=LAUNCHER_ENVIRONMENT,
                pass_fds=passed,
                start_new_session=True,
            )
        except BaseException:
            os.close(info)
            os.close(go)
            self._remove_group()
            raise
        finally:
            for descriptor in passed:
                os.close(descriptor)
        try:
            self.pid = self._read_pid(info)
            self.pidfd = os.pidfd_open(self.pid)
            self._wait_for_folders()
            self._group.add(self.pid)
            os.write(go, b"\n")
        except BaseException as error:
            self.popen.kill()
            said = self._drain_stderr().decode(errors="replace").strip()
            self.popen.wait()
            self.close()
            if isinstance(error, (SandboxError, OSError)):
                raise SandboxError(said or str(error)) from None
            raise
        finally:
            os.close(info)
            os.close(go)
        self._watcher = threading.Thread(target=self._watch, name="sandbox-watch", daemon=True)
        self._watcher.start()

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
        _send_kill(self.pidfd)

    def is_dead(self, seconds: float = 0) -> bool:
        """Whether all its processes are gone, waiting that long for it."""
        return bool(_wait_readable([self.pidfd], seconds))

    def wait(self) -> int:
        """Waits for the end of all its processes; returns the exit status, 128 + n for signal n."""
        self.is_dead(START_SECONDS)
        status = self.popen.wait()
        self._watcher.join()
        return status if status >= 0 else 128 - status

    def close(self) -> None:
        """Kills what is left, waits for it and lets go of the outbox and all else."""
        if self._closed:
            return
        self._closed = True
        if hasattr(self, "_watcher"):
            _send_kill(self.pidfd)
            self.wait()
        if hasattr(self, "pidfd"):
            os.close(self.pidfd)
        for descriptor in self.folders.values():
            os.close(descriptor)
        if self.popen.stderr is not None:
            self.popen.stderr.close()
        self._remove_group()

    def _remove_group(self) -> None:
        self._group.remove()

    def _read_pid(self, info: int) -> int:
        text = b""
        while not text.endswith(b"}\n"):
            if not _wait_readable([info], START_SECONDS):
                raise SandboxError("bubblewrap did not start in time")
            part = os.read(info, 4096)
            if not part:
                raise SandboxError("bubblewrap ended at once")
            text += part
        return int(json.loads(text)["child-pid"])

    def _wait_for_folders(self) -> None:
        """Opens the writable folders once bubblewrap has laid out the file system and waits for us."""
        root = f"/proc/{self.pid}/root"
        here = Path("/").stat().st_dev
        end = time.monotonic() + START_SECONDS
        while True:
            # its root is ours at first, then one without these folders, then the sandbox's
            if Path(root).stat().st_dev != here and all(Path(root + path).is_dir() for path in _WRITABLE):
                break
            if time.monotonic() > end or self.is_dead():
                raise SandboxError("bubblewrap could not lay out the file system")
            time.sleep(0.005)
        for path in _WRITABLE:
            self.folders[path] = os.open(root + path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)

    def _watch(self) -> None:
        """Until the sandbox is dead: reads its standard error away, kills it at a limit."""
        assert self.popen.stderr is not None
        stderr = self.popen.stderr.fileno()
        sources = [self.pidfd, stderr]
        next_look = 0.0
        while True:
            ready = _wait_readable(sources, max(0.0, next_look - time.monotonic()))
            if stderr in ready:
                part = os.read(stderr, 65536)
                self._stderr = (self._stderr + part)[-KEPT_STDERR:]
                if not part:
                    sources.remove(stderr)
            if self.pidfd in ready:
                return
            if time.monotonic() >= next_look:
                self._look()
                next_look = time.monotonic() + WATCH_SECONDS

    def _look(self) -> None:
        folders = list(self.folders.values())
        used = measure_memory(self.pid, folders, self.limits.resident_memory)
        self.peak_memory = max(self.peak_memory, used)
        if used > self.limits.resident_memory or self._group.was_full():
            self.kill(f"it used more than {self.limits.resident_memory // 2**20} MiB of memory")
        elif count_files(folders) > MAX_FILES:
            self.kill(f"it made more than {MAX_FILES} files")
        elif self._deadline is not None and time.monotonic() > self._deadline:
            self.kill("it ran out of time")

    def _drain_stderr(self) -> bytes:
        assert self.popen.stderr is not None
        return self.popen.stderr.read(KEPT_STDERR) if _wait_readable([self.popen.stderr.fileno()], 1.0) else b""


class SandboxError(Exception):
    """Bubblewrap could not make the sandbox."""


def _wait_readable(descriptors: Sequence[int], seconds: float) -> list[int]:
    """Those descriptors that can be read; `select` could not take one above 1,023."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(seconds * 1000)]


def _send_kill(pidfd: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
