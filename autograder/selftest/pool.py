"""Runs functions over many solutions in processes of their own, each call limited in time and silent.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is what the selftest
and the calibration share: both run trusted solutions by the hundred, without the sandbox.
"""

import contextlib
import io
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import torch

from autograder.errors import UsageError

Task = TypeVar("Task")
Result = TypeVar("Result")


class TimeIsUp(BaseException):
    """A solution ran too long; no solution can catch this by accident."""


def map_in_processes(
    function: Callable[[Task], Result], tasks: Sequence[Task], processes: int | None = None
) -> Iterator[Result]:
    """The results as they come.

    Args:
        function: importable by name, as are its tasks.
        tasks: what to call it with.
        processes: at once; None for as many as there are cores.

    Raises:
        UsageError: a process ended.
    """
    if not tasks:
        return
    workers = min(processes or os.cpu_count() or 1, len(tasks))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:
        futures = [pool.submit(function, task) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool:
            raise UsageError(
                "A process ended while it ran solutions, perhaps for lack of memory: use fewer at once (--processes)."
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    """One thread each, and Ctrl-C is for the parent alone."""
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Ends what takes longer, with `TimeIsUp`, and drops what it prints. For the main thread of a process only."""

    def stop(*_: object) -> None:
        raise TimeIsUp(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
