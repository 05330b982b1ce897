"""Looks whether a template is still what it was when it had imported everything: between submission and trace.

A fork takes over all that the template is. So one that holds a descriptor, a thread or memory that it did not hold
before is not forked again, but replaced.
"""

import os
from dataclasses import dataclass

GROWTH = 64 * 2**20  # bytes of resident memory that a template may take besides what its imports have taken


@dataclass(frozen=True)
class State:
    """What a template holds: open descriptors, its threads, resident bytes, and what it shares with others to write."""

    descriptors: frozenset[int]
    threads: int
    resident: int
    shared: tuple[str, ...]


def look_at_oneself() -> State:
    with open("/proc/self/statm") as file:  # noqa: PTH123 -- no further import for one call
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return State(_descriptors(), len(os.listdir("/proc/self/task")), resident, _shared())  # noqa: PTH208


def what_is_wrong(first: State, now: State) -> str:
    """What must not be in a process that is forked; empty where all is well."""
    if now.threads != 1:
        return f"it has {now.threads} threads"
    if now.shared:
        return f"it shares memory that can be written: {now.shared[0]}"
    if now.descriptors != first.descriptors:
        return f"its descriptors changed: {sorted(now.descriptors ^ first.descriptors)}"
    if now.resident > first.resident + GROWTH:
        return f"it grew by {(now.resident - first.resident) >> 20} MiB"
    return ""


def _descriptors() -> frozenset[int]:
    found = set()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 -- no further import for one call
        try:
            os.fstat(int(name))
        except OSError:  # that of the listing itself
            continue
        found.add(int(name))
    return frozenset(found)


def _shared() -> tuple[str, ...]:
    with open("/proc/self/maps") as file:  # noqa: PTH123 -- no further import for one call
        lines = [line.split(maxsplit=5) for line in file]
    return tuple(" ".join(words[4:]).strip() for words in lines if words[1][1] == "w" and words[1][3] == "s")
