"""What a piece of work costs, with all processes that it starts: processor time, and memory by proportional share.

Processes in a sandbox end where no `wait` counts them, so they are counted from outside: by a control group where one
can be made, and else by adding up those that are there, which misses what has ended.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOK_SECONDS = 0.05
ACCOUNTS = Path("/sys/fs/cgroup/cpuacct")  # of version 1; in version 2 a process that has children cannot be moved


@dataclass
class Usage:
    """Of a piece of work.

    Attributes:
        elapsed: seconds by the clock.
        processor: seconds of processor time of all its processes.
        memory: by how many bytes the proportional share of all processes below this one grew at most.
    """

    elapsed: float = 0.0
    processor: float = 0.0
    memory: int = 0


@dataclass(frozen=True)
class Meter:
    """Measures this process and all below it; without a group, those that have ended do not count."""

    group: Path | None

    def processor_seconds(self) -> float:
        if self.group is not None:
            return int((self.group / "cpuacct.usage").read_text()) / 1e9
        used = sum(os.times()[:4])
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                used += sum(process.cpu_times()[:2])
        return used

    @contextmanager
    def measured(self, memory: bool = False) -> Iterator[Usage]:
        """The usage of what the block does, complete when it has ended; looking at memory takes time of its own."""
        usage, done, at_first = Usage(), threading.Event(), _shares()

        def watch() -> None:
            while not done.wait(LOOK_SECONDS):
                usage.memory = max(usage.memory, _shares() - at_first)

        watcher = threading.Thread(target=watch)
        begin, used = time.monotonic(), self.processor_seconds()
        if memory:
            watcher.start()
        try:
            yield usage
        finally:
            done.set()
            if memory:
                watcher.join()
            usage.elapsed, usage.processor = time.monotonic() - begin, self.processor_seconds() - used


@contextmanager
def open_meter() -> Iterator[Meter]:
    """A meter, with a control group where one can be made."""
    folder = ACCOUNTS / f"benchmark-{os.getpid()}"
    try:
        folder.mkdir()
        (folder / "cgroup.procs").write_text(str(os.getpid()))
    except OSError:
        yield Meter(None)
        return
    try:
        yield Meter(folder)
    finally:
        for pid in (folder / "cgroup.procs").read_text().split():
            with suppress(OSError):
                (ACCOUNTS / "cgroup.procs").write_text(pid)
        with suppress(OSError):
            folder.rmdir()


def _shares() -> int:
    return sum(map(_share, psutil.Process().children(recursive=True)))


def _share(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0
