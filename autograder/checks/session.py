"""One run of the checks over one trace: what has ended, what broke, and who is told while it runs.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is what `judge` and the
pytest plugin share. Whoever watches hears of each check when it begins and when it ends, so that what has ended is
known even if the process does not live to the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from autograder.verdict import CheckResult

if TYPE_CHECKING:
    from autograder.checks.plugin import TraceFolder


class Watcher:
    """Is told what happens while checks run; this one does not mind."""

    def collected(self, checks: Sequence[CheckResult]) -> None:
        """These are all checks, in the order in which they run; nothing of the trace has been read yet."""

    def begins(self, name: str) -> None:
        """The check of that name begins."""

    def ended(self, result: CheckResult, fault: str) -> None:
        """A check ended; `fault` is the traceback of what broke in it, or empty."""


@dataclass
class Session:
    """The state of one run.

    Attributes:
        results: of the checks that ended, by name; those that are there at the beginning are not run again.
        faults: tracebacks of what broke.
        watcher: who is told.
        trace: what was judged, once a check has asked for it; figures are drawn of what was read of it then.
    """

    results: dict[str, CheckResult] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    watcher: Watcher = field(default_factory=Watcher)
    trace: "TraceFolder | None" = None


session_key = pytest.StashKey[Session]()
