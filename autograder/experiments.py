"""Kinds of experiments: what the engine must know of each, and where it finds them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* an experiment is asked for in the
inbox and recorded in the outbox; its kind stands in its trace. Plans (`autograder.plans`) are there for every
assignment; the `CHECKS` of an assignment may bring others.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from coursekit.trace import Trace, TraceError

if TYPE_CHECKING:
    from autograder.selftest.behavior import Behavior

Read = Callable[[Trace, Trace, str], Any]
Record = Callable[[ModuleType, Path, Path, Collection[str]], None]


@dataclass(frozen=True)
class Experiment:
    """One way of experimenting with a submission.

    Attributes:
        kinds: how it calls its experiments in a trace.
        read: the typed door. Given what was asked for, what was recorded, and the name of the experiment, it returns
            records that the checks can rely on, or raises `TraceError`.
        record: for the selftest: given a solution, the inbox, the outbox and the names of experiments and kinds to
            leave out, it records what the test cells of a notebook record.
        observe: for the selftest: what a solution file does in such experiments, to tell whether two do the same.
    """

    kinds: frozenset[str]
    read: Read
    record: Record
    observe: "Callable[[Path], Behavior]"


def reader_of(experiments: Collection[Experiment], asked: Trace) -> Read:
    """The door of the kind that was asked for.

    Raises:
        TraceError: no kind has that name.
    """
    by_kind: Mapping[str, Read] = {kind: one.read for one in experiments for kind in one.kinds}
    kind = str(asked.data.get("kind"))
    if kind not in by_kind:
        raise TraceError(f"Nothing is known of experiments of the kind {kind!r}.")
    return by_kind[kind]
