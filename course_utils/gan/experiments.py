"""Experiments: the same thing done again from the same state and with the same random numbers, with one thing moved.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these belong to the trace: what
changes between two such runs changes because of what was moved (common random numbers; an intervention in the sense of
causal inference, Pearl 2009). What the changes mean is for `course_utils.gan.attribution` to say.

The runs of training steps are taken in a copy of the process, so that whatever a solution keeps in variables of its own
stays as it was. If it does the same in all equal runs, once weights, optimizers and random numbers are put back, one
copy serves for all runs of all steps: it takes the steps, too, as another copy does that makes no runs. Else each run
gets its own. Where processes cannot be copied, as on many a student's own machine, all runs are taken in this one.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from course_utils.conditional import AnyModel
from course_utils.gan.moves import MOVES, OF_G, OF_X, SHARES, STILL
from course_utils.gan.runs import Act, run_and_put_back, run_once
from coursekit.aside import AsideError, AsideWaitsError, aside, can_fork
from coursekit.trace import Trace

SECONDS = 5.0  # of processor time in one copy; the runs of a step take some tenths of a second
ENOUGH = 2.0  # of those: then a copy begins no other step, and leaves those to come to other copies
PATIENCE = 10.0  # seconds by the clock for each step; nine steps of a probe are taken again, in a cell that has 120
# What follows from a move is to be the same each time, so each is made twice, and a solution that does something else
# every few runs, for some runs, or from some run on is found out: whenever that is, it falls between two runs that are
# to be equal. The step or call that follows is one of them, like the run of None. Few orders are so.
ORDER = (STILL, OF_G, STILL, OF_X, OF_G, None, OF_X)


Record = dict[str, Any]
Flow = list[dict[str, Any]]  # the events of calls and gradients


@dataclass(frozen=True)
class Moved:
    """What was recorded where something was moved.

    Attributes:
        records: one for each of `MOVES`, if all came to their end.
        still: what flowed where nothing was moved, if what is done next must be alike, or the solution keeps something
            from call to call that makes the runs no comparison.
    """

    records: list[Record]
    still: Flow | None = None

    def are_alike(self, events: Sequence[dict[str, Any]]) -> bool:
        """Whether these events, of doing it once more with nothing moved, are those of before."""
        return self.still is None or self.still == flow_of(events)


def flow_of(events: Sequence[dict[str, Any]]) -> Flow:
    """What a recorder sees that records calls and gradients only."""
    return [event for event in events if event["event"] in ("call", "gradient", "stranger")]


def experiments_ahead(
    model: AnyModel,
    optimizers: Any,
    steps: Mapping[int, Mapping[str, Tensor]],
    asked: Collection[int],
    act: Act,
    trace: Trace,
) -> dict[int, Moved]:
    """Take the steps to come in a copy of this process, and before each that is asked for its experiment.

    Args:
        model: to act on.
        optimizers: whatever may step, for putting back.
        steps: the data of each step, by name; the first one is the next to be taken.
        asked: the steps to make an experiment of.
        act: a step, with copies of these data; what it raises ends a run.
        trace: for the tensors.

    Returns:
        By step, the experiment, as far as the time of a copy reaches and the solution does the same in equal runs. A
        copy may come to a step by another way than this process will, for example where a solution counts its steps:
        another copy takes the steps alone, and what does not flow there as well is left out.
    """
    asked = [number for number in steps if number in asked]

    def take(given: Mapping[str, Tensor]) -> Record:
        return run_once(model, given, act, trace, None, 1.0)

    def steps_alone() -> list[Record]:
        return [take(given) for given in steps.values()]

    def steps_and_experiments() -> list[Record]:
        records: list[Record] = []
        end = time.process_time() + ENOUGH
        for number, given in steps.items():
            moved = Moved([])
            if number in asked:
                moved = _moved_enough(partial(_together, model, optimizers, given, act, trace))
            step = take(given)
            if number in asked and not (moved.records and moved.are_alike(step["events"])):
                break
            records += [record | {"step": number} for record in (*moved.records, step)]
            if time.process_time() > end:
                break
        return records

    if not can_fork():
        return {}
    try:
        alone = dict(zip(steps, _forked(steps_alone, trace, PATIENCE), strict=True))
        records = _forked(steps_and_experiments, trace, PATIENCE * len(asked))
    except AsideWaitsError:
        return {number: Moved([]) for number in asked}
    except (AsideError, OSError):
        return {}
    of_step: dict[int, list[Record]] = {}
    for record in records:
        of_step.setdefault(record.pop("step"), []).append(record)
    return {number: Moved(runs) for number, (*runs, step) in of_step.items() if runs and step == alone[number]}


def experiment(
    model: AnyModel, optimizers: Any, given: Mapping[str, Tensor], act: Act, trace: Trace, *, pure: bool
) -> Moved:
    """Act once for each of `MOVES`; the tensors of the records are stored in `trace`.

    Args:
        model: to act on.
        optimizers: whatever may step, for putting back.
        given: the data to act on, by name.
        act: what to do, with copies of these data; what it raises ends the run.
        trace: for the tensors.
        pure: whether `act` should leave nothing behind but what can be put back, as a loss function does.
    """
    try:
        return _moved_enough(lambda share: _moved(model, optimizers, given, act, trace, share, pure=pure))
    except AsideWaitsError:
        return Moved([])


def _moved_enough(moved_by: Callable[[float], Moved]) -> Moved:
    """With the largest share of the moves that leaves the course of a step as it is, or else with the smallest.

    Where there are no records, a smaller share has none either, or from another state: what runs keep is not put back.
    """
    for share in SHARES:
        moved = moved_by(share)
        if len({str(_course(record["events"])) for record in moved.records}) <= 1:
            break
    return moved


def _course(events: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(event["event"], event.get("module"), event.get("call")) for event in events]


def _moved(
    model: AnyModel, optimizers: Any, given: Mapping[str, Tensor], act: Act, trace: Trace, share: float, *, pure: bool
) -> Moved:
    """With a share of the moves.

    Raises:
        AsideWaitsError: it waits, and would do so again.
    """

    def alone(name: str) -> list[Record]:
        return [run_once(model, given, act, trace, name, share)]

    forks = can_fork()
    if pure or not forks:
        moved = _together(model, optimizers, given, act, trace, share)
        if moved.records or not forks:
            return moved
    records = [record for name in (*MOVES, STILL) for record in _try(partial(alone, name), trace)]
    again = records.pop() if len(records) > len(MOVES) else None
    # Not alike where numbers come from the system: then nothing can be compared with anything.
    return Moved(records if again in records else [])


def _together(
    model: AnyModel, optimizers: Any, given: Mapping[str, Tensor], act: Act, trace: Trace, share: float
) -> Moved:
    """All runs one after the other in this process; none where a solution does not do the same twice, since it keeps
    something that was not put back. Where there is no other way, that is left open."""

    def run(name: str | None) -> Record:
        return run_and_put_back(model, optimizers, given, act, trace, name, share)

    if not can_fork():
        return Moved([run(name) for name in MOVES])
    records: dict[str | None, Record] = {}
    for name in ORDER:
        record = run(name)
        if records.setdefault(name, record) != record:
            return Moved([])
    return Moved([records[name] for name in MOVES], flow_of(records[None]["events"]))


def _try(action: Callable[[], list[Record]], trace: Trace) -> list[Record]:
    """The records of what is done in a copy of this process; none where it does not come to its end.

    Raises:
        AsideWaitsError: it waits, and would do so again.
    """
    try:
        return _forked(action, trace, PATIENCE)
    except AsideWaitsError:
        raise
    except (AsideError, OSError):
        return []


def _forked(action: Callable[[], list[Record]], trace: Trace, patience: float) -> list[Record]:
    """The records of what is done in a copy of this process, and their tensors in this one's trace."""
    known = set(trace.tensors)

    def work() -> bytes:
        torch.set_num_threads(1)  # the copy has no other threads
        records = action()
        named = {event[key] for record in records for event in record["events"] for key in _TENSORS if key in event}
        new = {name: tensor for name, tensor in trace.tensors.items() if name in named - known}
        return safetensors.torch.save(new, {"records": json.dumps(records)})

    answer = aside(work, SECONDS, patience)
    length = int.from_bytes(answer[:8], "little")
    records: list[Record] = json.loads(json.loads(answer[8 : 8 + length])["__metadata__"]["records"])
    # In order, since safetensors has none, and equal runs are to leave equal traces.
    names = {name: trace.store(tensor) for name, tensor in sorted(safetensors.torch.load(answer).items())}
    for event in (event for record in records for event in record["events"]):
        event |= {key: names[value] for key, value in event.items() if key in _TENSORS and value in names}
    return records


_TENSORS = ("weights", "input", "output", "sides", "gradient")  # keys of events that name a tensor
