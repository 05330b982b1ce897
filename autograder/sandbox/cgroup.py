"""Bounds the memory of a whole sandbox in the kernel, where control groups of version 1 can be written.

A second line behind the watchdog, between submission and trace: it also counts what no process holds, such as
buffers of pipes and sockets, and acts at once. Elsewhere (most machines, for an ordinary user) it does
nothing.
"""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.limits import Limits

MARGIN = 512 * 1024 * 1024  # page cache and kernel memory, which the watchdog does not count
PREFIX = "autograder-sandbox-"


@dataclass(frozen=True)
class MemoryGroup:
    """A control group for the memory of one sandbox; without a folder it is none."""

    folder: Path | None = None

    @classmethod
    def create(cls, limits: Limits, mount: Path = Path("/sys/fs/cgroup/memory")) -> "MemoryGroup":
        """A new group below the one of this process, or none where that cannot be made."""
        parent = _own_group(mount)
        if parent is None or not os.access(parent, os.W_OK):
            return cls()
        _sweep(parent)
        folder = parent / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            folder.mkdir()
            size = str(limits.resident_memory + MARGIN)
            (folder / "memory.limit_in_bytes").write_text(size)
            with contextlib.suppress(OSError):  # only where the kernel accounts for swap
                (folder / "memory.memsw.limit_in_bytes").write_text(size)
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            return cls()
        return cls(folder)

    def add(self, pid: int) -> None:
        """Puts a process in; those that it makes later follow."""
        if self.folder is not None:
            (self.folder / "cgroup.procs").write_text(str(pid))

    def was_full(self) -> bool:
        """Whether the kernel has killed a process of the group for its memory."""
        if self.folder is None:
            return False
        lines = (self.folder / "memory.oom_control").read_text().splitlines()
        return any(line.startswith("oom_kill ") and not line.endswith(" 0") for line in lines)

    def remove(self) -> None:
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self.folder.rmdir()


def _own_group(mount: Path) -> Path | None:
    """The memory group of this process; None where version 1 is not mounted."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(",") and (mount / path.lstrip("/")).is_dir():
            return mount / path.lstrip("/")
    return None


def _sweep(parent: Path) -> None:
    """Removes empty groups that dead graders left; the kernel refuses where a process is inside."""
    for folder in parent.glob(PREFIX + "*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            with contextlib.suppress(OSError):
                folder.rmdir()
