"""A limit on the time that a call may take, as a courtesy: what bounds a submission for sure is the sandbox.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this ends a student's function
that runs without end, so that the others are still tried. What counts is processor time, so that a busy machine takes
nothing from anyone; a clock only ends what waits.
"""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

PATIENCE = 6  # times the processor time is the time by the clock after which a call waits


class TooSlow(BaseException):
    """A call took too long; `except Exception` in a student's code does not catch it."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Ends what takes longer with `TooSlow`, where that is possible: on POSIX, and in the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TooSlow

    timers = [
        (signal.ITIMER_PROF, signal.SIGPROF, seconds),
        (signal.ITIMER_REAL, signal.SIGALRM, seconds * PATIENCE),
    ]
    handlers = [signal.signal(number, stop) for _, number, _ in timers]
    before = [signal.setitimer(timer, most) for timer, _, most in timers]
    try:
        yield
    finally:
        for (timer, number, _), handler, left in zip(timers, handlers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)
            if left[0]:  # somebody else's alarm goes on, a little later than it would have
                signal.setitimer(timer, *left)
