"""Lays out the file system of one sandbox over that of its template: between submission and trace.

The template has the file system of a cold sandbox already, but for the submission. A fork, in a mount name space of its
own, puts new memory file systems over all folders that can be written, shows its submission, and covers the place where
those of all submissions lie. The name space belongs to the template's user name space, in which the submission has no
rights, so it can neither see below a cover nor take it away, whatever it becomes in its own.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.sandbox.warm.inside import system
from autograder.sandbox.warm.inside.system import NO_DEVICES, NO_PROGRAMS, NO_SET_UID, READ_ONLY

COVERED_IN_PROC = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus")  # as bubblewrap does
_SAFE = NO_SET_UID | NO_DEVICES


@dataclass(frozen=True)
class Layout:
    """What a fork mounts.

    Attributes:
        memory: sizes in bytes of the memory file systems, by their folders.
        shown: (path here, path in the sandbox), each shown read-only.
        open_folders: folders in the memory file systems that everybody may write to, made first.
        covered: folders of the template that are empty in the sandbox.
    """

    memory: Mapping[str, int]
    shown: tuple[tuple[str, str], ...]
    open_folders: tuple[str, ...]
    covered: tuple[str, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Layout":
        shown = tuple((str(source), str(target)) for source, target in data["shown"])
        return cls(data["memory"], shown, tuple(data["open_folders"]), tuple(data["covered"]))


def lay_out(layout: Layout) -> None:
    """Everything but `/proc`, in a new mount name space of the calling process."""
    system.mount("none", "/", None, system.WITH_ALL_BELOW | system.PRIVATE)
    # opened first: some of it lies below the memory file systems that are mounted next
    sources = [os.open(source, os.O_PATH | os.O_CLOEXEC) for source, _ in layout.shown]
    for folder, size in layout.memory.items():
        system.mount("tmpfs", folder, "tmpfs", _SAFE, f"mode=1777,size={size}")
    for folder in layout.open_folders:
        os.mkdir(folder)  # noqa: PTH102 -- no further import for one call
        os.chmod(folder, 0o1777)  # noqa: PTH101
    system.mount("devpts", "/dev/pts", "devpts", NO_SET_UID | NO_PROGRAMS, "newinstance,ptmxmode=0666,mode=620")
    os.chmod("/dev/pts", 0o555)  # noqa: PTH101
    for source, (_, target) in zip(sources, layout.shown, strict=True):
        _make_place(target, stat.S_ISDIR(os.fstat(source).st_mode))
        system.bind_read_only(f"/proc/self/fd/{source}", target)
        os.close(source)
    for folder in layout.covered:
        system.mount("tmpfs", folder, "tmpfs", _SAFE | READ_ONLY, "mode=0000,size=4096")


def mount_processes() -> None:
    """A `/proc` of the process name space of the caller, in which one sees what one may trace: not the keeper."""
    system.mount("proc", "/proc", "proc", _SAFE | NO_PROGRAMS, "hidepid=2")


def cover_settings() -> None:
    """Makes read-only what can be set through `/proc`, as bubblewrap does."""
    for path in COVERED_IN_PROC:
        if os.path.exists(path):  # noqa: PTH110
            system.bind_read_only(path, path)


def _make_place(path: str, folder: bool) -> None:
    """Something to mount over, where there is nothing yet."""
    if os.path.lexists(path):
        return
    os.makedirs(path if folder else os.path.dirname(path), 0o755, exist_ok=True)  # noqa: PTH103, PTH120
    if not folder:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o444))
