"""Bounds a whole sandbox in the kernel, where control groups can be written, of version 2 or of version 1.

A second line behind the watchdog, between submission and trace: it also counts what no process holds, such as buffers
of pipes and sockets, and acts at once. Version 2 bounds the number of processes, too. Elsewhere (for an ordinary user
whose session was not given its groups) it does nothing.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.limits import Limits

MARGIN = 512 * 1024 * 1024  # page cache and kernel memory, which the watchdog does not count
MORE_PROCESSES = 16  # those of bubblewrap, before the program begins
PREFIX = "autograder-sandbox-"
MOUNT = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")


@dataclass(frozen=True)
class MemoryGroup:
    """A control group for one sandbox; without a folder it is none."""

    folder: Path | None = None
    version: int = 0

    @classmethod
    def create(cls, limits: Limits, mount: Path = MOUNT, own_groups: Path = OWN_GROUPS) -> "MemoryGroup":
        """A new group near that of this process, or none where that cannot be made."""
        memory = limits.resident_memory + MARGIN
        for parent in _parents_of_version_2(mount, own_groups):
            must = {"memory.max": memory, "pids.max": limits.processes + MORE_PROCESSES}
            if folder := _make(parent, must, {"memory.swap.max": 0, "memory.oom.group": 1}):
                return cls(folder, 2)
        parent_of_1 = _parent_of_version_1(mount, own_groups)
        if parent_of_1 is not None:
            must = {"memory.limit_in_bytes": memory}
            if folder := _make(parent_of_1, must, {"memory.memsw.limit_in_bytes": memory}):
                return cls(folder, 1)
        return cls()

    @property
    def bounds(self) -> str:
        """What the kernel bounds here, in words; empty where it bounds nothing."""
        words = {1: "memory, by control groups of version 1", 2: "memory and processes, by control groups of version 2"}
        return words.get(self.version, "")

    def add(self, pid: int) -> None:
        """Puts a process in; those that it makes later follow."""
        if self.folder is not None:
            (self.folder / "cgroup.procs").write_text(str(pid))

    def was_full(self) -> bool:
        """Whether the kernel has killed a process of the group for its memory."""
        if self.folder is None:
            return False
        events = self.folder / ("memory.events" if self.version == 2 else "memory.oom_control")
        lines = events.read_text().splitlines()
        return any(line.startswith("oom_kill ") and not line.endswith(" 0") for line in lines)

    def remove(self) -> None:
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self.folder.rmdir()


def _make(parent: Path, must: dict[str, int], may: dict[str, int]) -> Path | None:
    """A new group with these settings, or None; the optional ones are only there where the kernel accounts for swap."""
    _sweep(parent)
    folder = parent / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        folder.mkdir()
        for name, value in must.items():
            with (folder / name).open("r+") as file:  # the kernel has made it, or there is no such controller
                file.write(str(value))
    except OSError:
        with contextlib.suppress(OSError):
            folder.rmdir()
        return None
    for name, value in may.items():
        with contextlib.suppress(OSError), (folder / name).open("r+") as file:
            file.write(str(value))
    return folder


def _own_groups(file: Path) -> Iterator[tuple[list[str], str]]:
    """The controllers and the path of each group of this process; version 2 names no controllers."""
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        yield [name for name in controllers.split(",") if name], path.lstrip("/")


def _parents_of_version_2(mount: Path, own_groups: Path) -> Iterator[Path]:
    """Groups of version 2, upwards from that of this process, below which another can be made and entered.

    A group that holds processes hands no controllers on, so it is mostly the one above our own, such as that of a
    user's session. Who moves a process must be allowed to write to the list of the group that both places are in.
    """
    if not (mount / "cgroup.controllers").is_file():  # version 2 alone; beside version 1 it has no controllers
        return
    for controllers, path in _own_groups(own_groups):
        if controllers:
            continue
        own = mount / path
        for parent in (own, *(p for p in own.parents if p.is_relative_to(mount))):
            try:
                handed_on = (parent / "cgroup.subtree_control").read_text().split()
            except OSError:
                continue
            writable = os.access(parent, os.W_OK) and os.access(parent / "cgroup.procs", os.W_OK)
            if writable and {"memory", "pids"} <= set(handed_on):
                yield parent


def _parent_of_version_1(mount: Path, own_groups: Path) -> Path | None:
    """The memory group of this process; None where version 1 is not mounted, or it cannot be written."""
    for controllers, path in _own_groups(own_groups):
        parent = mount / "memory" / path
        if "memory" in controllers and parent.is_dir() and os.access(parent, os.W_OK):
            return parent
    return None


def _sweep(parent: Path) -> None:
    """Removes empty groups that dead graders left; the kernel refuses where a process is inside."""
    for folder in parent.glob(PREFIX + "*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            with contextlib.suppress(OSError):
                folder.rmdir()
