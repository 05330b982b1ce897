"""Has pictures compared in a process that can do no harm and may not take long.

A part of the comparison of a submission with a new run of it, between submission and report in the flow course
material -> submission -> trace -> verdict -> gradebook -> report. A picture of 32 KB may take seconds to compare, and
a notebook may hold hundreds: all of one notebook share one process (`pictures_inside`), in a sandbox with bounded
memory, and one bounded time. It starts when the first picture has to be looked at; most notebooks need none.
"""

import time
from dataclasses import dataclass
from typing import Any

from autograder.reproduce.outcome import Outcome
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.peer import Peer, PeerLost
from autograder.sandbox.self_check import check_sandbox

SECONDS = 60.0  # for all pictures of a notebook; the seven of the homework take 2
LIMITS = Limits(cpu_seconds=90, address_space=1024 * MIB, processes=64, outbox_size=MIB, file_size=MIB, open_files=64)
MAX_ANSWER = 64 * 1024
_SEES = ["reproduce/pictures_inside.py", "reproduce/compare_pictures.py", "reproduce/outcome.py"]
_LATE = f"it was not looked at, since all figures together take longer than {SECONDS:.0f} seconds to compare"
_LOST = "it takes too much memory to compare"


@dataclass(frozen=True)
class Looked:
    """What came of looking at a submitted and a new picture.

    Attributes:
        outcome: how the two compare; None where one of them is missing or could not be decoded.
        detail: what a person should know, without a full stop.
        drawable: whether the submitted and the new one are pictures that may be shown.
    """

    outcome: Outcome | None
    detail: str
    drawable: tuple[bool, bool]


class Pictures:
    """Compares the pictures of one notebook; to be closed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._left = seconds
        self._peer: Peer | None = None

    def look(self, submitted: str | None, executed: str | None) -> Looked:
        """Decode and compare two pictures in base64, of which one may be missing."""
        if self._left <= 0:
            return Looked(None, _LATE, (False, False))
        begin = time.monotonic()
        try:
            answer = self._ask({"submitted": submitted, "executed": executed}, begin + self._left)
        except PeerLost:
            self.close()  # the next picture gets another process
            return Looked(None, _LOST, (False, False))
        finally:
            self._left -= time.monotonic() - begin
        if answer is None:
            self.close()
            self._left = 0.0
            return Looked(None, _LATE, (False, False))
        return _read_answer(answer)

    def _ask(self, request: dict[str, Any], end: float) -> Any:
        if self._peer is None:
            check_sandbox()
            self._peer = Peer("autograder.reproduce.pictures_inside", _SEES, LIMITS, MAX_ANSWER)
        self._peer.send(request, end)
        return self._peer.receive(end)

    def close(self) -> None:
        if self._peer is not None:
            self._peer.close()
            self._peer = None


def _read_answer(answer: Any) -> Looked:
    outcome = answer["outcome"]
    shown, new = answer["drawable"]
    return Looked(None if outcome is None else Outcome(outcome), str(answer["detail"]), (bool(shown), bool(new)))
