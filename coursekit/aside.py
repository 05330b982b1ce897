"""Doing something aside: in a process that is forked off for it, so that nothing of it stays behind.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this lets an experiment start
from the very state that the student's code is in - weights, optimizers, random numbers, and whatever it keeps in
variables of its own - and leaves that state as it was. The process has one thread, prints nothing, and is ended by
force if it takes too long. What it may take is processor time, so that nothing hangs on how busy a machine is; a clock
only ends those that wait, for example for a thread that they do not have.
"""

import contextlib
import gc
import os
import random
import selectors
import signal
import sys
import time
import warnings
from collections.abc import Callable

import torch


def can_fork() -> bool:
    """Whether this process can be copied safely: macOS has fork, but its own libraries do not survive it, and neither
    does a copy survive the loss of threads that torch computes with."""
    return sys.platform == "linux" and torch.get_num_threads() == 1


class AsideError(Exception):
    """What was to be done aside did not come to its end."""


class AsideWaitsError(AsideError):
    """It waits for something that does not come in a copy of the process, and would do so again."""


def aside(action: Callable[[], bytes], seconds: float, patience: float) -> bytes:
    """What `action` returns, done in a copy of this process.

    Args:
        action: what to do.
        seconds: of processor time that it may take.
        patience: seconds by the clock after which it waits.

    Raises:
        AsideError: it raised, ended the process, or took longer than it may.
        AsideWaitsError: it waits.
    """
    numbers = random.getstate()  # Python seeds this module anew in every copy of a process
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the copy does not use
        process = os.fork()
    if process == 0:
        random.setstate(numbers)
        _work(action, writing, seconds)
    os.close(writing)
    end = time.monotonic() + patience
    try:
        answer = _read(reading, end)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)  # it has nothing left to do
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, 0)
    if not answer.endswith(_DONE):
        if time.monotonic() >= end:
            raise AsideWaitsError("the process waits")
        raise AsideError("the process ended early or took too long")
    return answer.removesuffix(_DONE)


_DONE = b"\ndone"  # what comes last


def _work(action: Callable[[], bytes], writing: int, seconds: float) -> None:
    """In the copy: never returns, and runs nothing that the original left for the end of the process."""
    try:
        gc.disable()  # it would touch, and so copy, all that there is of this process
        silence = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(silence, descriptor)
        # The kernel's own streams write to threads that are not here.
        sys.stdout = sys.stderr = os.fdopen(silence, "w")
        for name in (signal.SIGALRM, signal.SIGINT, signal.SIGPROF, signal.SIGTERM):
            signal.signal(name, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = action() + _DONE
        while answer:
            answer = answer[os.write(writing, answer) :]
    finally:
        os._exit(0)


def _read(reading: int, until: float) -> bytes:
    """All that is written into the pipe, or what came before the time was up."""
    pieces: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        while selector.select(max(0.0, until - time.monotonic())):
            piece = os.read(reading, 2**20)
            if not piece:
                break
            pieces.append(piece)
    return b"".join(pieces)
