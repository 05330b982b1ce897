"""Measures what all processes of one sandbox use together, for the watchdog between submission and trace.

A limit of the kernel on one process does not bound many; and what a program writes to a memory file system is
memory too, though of no process.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Tree:
    """The processes of a sandbox.

    Attributes:
        root: the process whose descendants they are.
        with_root: whether it is one of them.
        own: how many of them are ours, and small.
    """

    root: int
    with_root: bool = True
    own: int = 2


def measure_memory(tree: Tree, folders: Sequence[int], limit: int) -> int:
    """Bytes used by the processes of a sandbox, and the memory file systems behind the open `folders`.

    Resident sizes count a shared page once for each process that shares it; only when their sum is above
    `limit` is the slower proportional size asked for, which does not.
    """
    try:
        top = psutil.Process(tree.root)
        processes = [*([top] if tree.with_root else []), *top.children(recursive=True)]
    except psutil.Error:
        return 0
    files = sum(_used(folder) for folder in folders)
    resident = files + sum(_resident(process) for process in processes)
    if resident <= limit or len(processes) - tree.own < 2:  # it has one process, whose size is its own
        return resident
    return files + sum(_proportional(process) for process in processes)


def count_files(folders: Sequence[int]) -> int:
    """Files and folders in the memory file systems behind the open `folders`."""
    return sum(status.f_files - status.f_ffree for status in map(os.fstatvfs, folders))


def _used(folder: int) -> int:
    status = os.fstatvfs(folder)
    return (status.f_blocks - status.f_bfree) * status.f_frsize


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def _proportional(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return _resident(process)
