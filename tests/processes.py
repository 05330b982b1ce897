"""Looks at the processes below one: each may end at any moment, and is then left out."""

import contextlib
from collections.abc import Callable
from typing import TypeVar

import psutil

T = TypeVar("T")


def ask_below(ask: Callable[[psutil.Process], T], pid: int | None = None) -> dict[psutil.Process, T]:
    """What each process below this one, or below `pid`, answers; empty where that one has ended."""
    answers: dict[psutil.Process, T] = {}
    with contextlib.suppress(psutil.Error):
        for process in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                answers[process] = ask(process)
    return answers


def processes_with(words: str, pid: int | None = None) -> list[psutil.Process]:
    """The processes below this one, or below `pid`, with these words in their command line, the eldest first."""
    found = ask_below(lambda process: (command_line(process), process.create_time()), pid)
    wanted = [(born, process) for process, (command, born) in found.items() if words in command]
    return [process for _, process in sorted(wanted, key=lambda pair: pair[0])]


def command_line(process: psutil.Process) -> str:
    return " ".join(process.cmdline())
