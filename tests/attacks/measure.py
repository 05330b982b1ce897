"""Measures what an attack costs the processes of ours: the worker that grades, the relay, and the process that judges.

They are found below the worker by their commands; what runs below a sandbox with a kernel is the attack's own.
"""

import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOOK_SECONDS = 0.03
KERNEL = "ipykernel_launcher"
ROLES = {"autograder.sandbox.relay": "relay", "autograder.judging": "judge", "autograder.reproduce": "comparison"}
ROLES_IN_ORDER = ("worker", *ROLES.values())
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Of each kind of process: the most MiB that one of them held, and seconds of processor time of all of them."""

    memory: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@contextmanager
def measured(worker: int) -> Iterator[Cost]:
    """The cost of what the block has the worker do; complete when it has ended."""
    cost, done = Cost(), threading.Event()
    seen: dict[tuple[int, str], tuple[float, float]] = {}  # processor seconds at first and at last, by process
    for pid, _ in _own_processes(worker):
        with contextlib.suppress(OSError):  # of another user name space
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # forgets the peak

    def look() -> None:
        for pid, role in _own_processes(worker):
            try:
                status = Path(f"/proc/{pid}/status").read_text()
                times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if "VmHWM:" in status:
                cost.memory[role] = max(cost.memory.get(role, 0), int(status.split("VmHWM:")[1].split()[0]) >> 10)
            used = (int(times[11]) + int(times[12])) / _TICK
            seen[pid, role] = (seen.get((pid, role), (used, 0))[0], used)

    def watch() -> None:
        while not done.wait(LOOK_SECONDS):
            look()

    look()
    for key, (first, _) in list(seen.items()):
        seen[key] = (first, first)
    before = set(seen)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield cost
        look()
    finally:
        done.set()
        watcher.join()
        for (pid, role), (first, last) in seen.items():
            cost.seconds[role] = cost.seconds.get(role, 0) + last - (first if (pid, role) in before else 0)


def _own_processes(worker: int) -> Iterator[tuple[int, str]]:
    """The worker and everything below it that is not of the submission, each with its role."""
    yield worker, "worker"
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(worker).children():
            command = " ".join(child.cmdline())
            role = next((role for part, role in ROLES.items() if part in command), None)
            if KERNEL in command or role is None:
                continue
            yield from ((process.pid, role) for process in [child, *child.children(recursive=True)])
