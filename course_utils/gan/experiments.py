"""Experiments: the same thing done again from the same state and with the same random numbers, with one thing moved.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these belong to the trace: what
changes between two such runs changes because of what was moved (common random numbers; an intervention in the sense of
causal inference, Pearl 2009). What the changes mean is for `course_utils.gan.attribution` to say.

The runs of a training step are taken in a copy of the process, so that whatever a solution keeps in variables of its
own stays as it was. If it does the same there before and after the moves, once weights, optimizers and random numbers
are put back, one copy serves for all runs; else each run gets its own. Where processes cannot be copied, as on many a
student's own machine, all runs are taken in this one.
"""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from course_utils.conditional import AnyModel
from course_utils.gan.fresh_numbers import put_back, random_states
from course_utils.gan.moves import MOVES, SHARES, STILL, Move, move_images
from course_utils.gan.optimizer_steps import inner_optimizers
from course_utils.gan.record import Recorder
from coursekit.aside import AsideError, AsideWaitsError, aside, can_fork
from coursekit.trace import Trace

SECONDS = 5.0  # of processor time for some runs, which take some hundredths of a second
PATIENCE = 10.0  # seconds by the clock; nine steps of a probe are taken again, in a cell that has 120


Act = Callable[[dict[str, Tensor]], Any]
Flow = list[dict[str, Any]]  # the events of calls and gradients


@dataclass(frozen=True)
class Moved:
    """What was recorded where something was moved.

    Attributes:
        records: one for each of `MOVES`, if all came to their end.
        still: what flowed where nothing was moved, if that was done in this process: what is done next must be alike,
            or the solution keeps something from call to call that makes the runs no comparison.
    """

    records: list[dict[str, Any]]
    still: Flow | None = None

    def are_alike(self, events: Sequence[dict[str, Any]]) -> bool:
        """Whether these events, of doing it once more with nothing moved, are those of before."""
        return self.still is None or self.still == flow_of(events)


def flow_of(events: Sequence[dict[str, Any]]) -> Flow:
    """What a recorder sees that records calls and gradients only."""
    return [event for event in events if event["event"] in ("call", "gradient", "stranger")]


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

    moved = Moved([])
    for share in SHARES:
        try:
            moved = _moved(model, optimizers, given, act, trace, share, pure=pure)
        except AsideWaitsError:
            return moved
        if len({str(_course(record["events"])) for record in moved.records}) == 1:
            break
    return moved


def _moved(
    model: AnyModel, optimizers: Any, given: Mapping[str, Tensor], act: Act, trace: Trace, share: float, *, pure: bool
) -> Moved:
    """With a share of the moves.

    Raises:
        AsideWaitsError: it waits, and would do so again.
    """

    def together() -> list[dict[str, Any]]:
        return _together(model, optimizers, given, act, trace, share).records

    def alone(name: str) -> list[dict[str, Any]]:
        return [_run(model, given, act, trace, name, share)]

    forks = can_fork()
    if pure or not forks:
        moved = _together(model, optimizers, given, act, trace, share)
        if moved.records or not forks:
            return moved
    if not pure and (records := _try(together, trace)):
        return Moved(records)
    records = [record for name in (*MOVES, STILL) for record in _try(partial(alone, name), trace)]
    again = records.pop() if len(records) > len(MOVES) else None
    # Not alike where numbers come from the system: then nothing can be compared with anything.
    return Moved(records if again in records else [])


def _try(action: Callable[[], list[dict[str, Any]]], trace: Trace) -> list[dict[str, Any]]:
    """The records of what is done in a copy of this process; none where it does not come to its end.

    Raises:
        AsideWaitsError: it waits, and would do so again.
    """
    try:
        return _forked(action, trace)
    except AsideWaitsError:
        raise
    except (AsideError, OSError):
        return []


def _together(
    model: AnyModel, optimizers: Any, given: Mapping[str, Tensor], act: Act, trace: Trace, share: float
) -> Moved:
    """All runs one after the other in this process; none where a solution does not do the same twice, since it keeps
    something that was not put back. Where there is no other way, that is left open.

    Each run is taken twice, with the others between, and the one without a move at the beginning and at the end: what
    comes back every few calls, such as a label that is another one in every fifth, cannot change all runs of a kind and
    no other."""

    def run(name: str | None = None) -> dict[str, Any]:
        return _put_back(model, optimizers, given, act, trace, name, share)

    if not can_fork():
        return Moved([run(name) for name in MOVES])
    still = run()
    if run() != still:
        return Moved([])
    records = [run(name) for name in MOVES]
    alike = all(run(record["move"]) == record for record in (*records, still))
    return Moved(records, flow_of(still["events"])) if alike else Moved([])


def _course(events: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(event["event"], event.get("module"), event.get("call")) for event in events]


def _run(
    model: AnyModel, given: Mapping[str, Tensor], act: Act, trace: Trace, name: str | None, share: float
) -> dict[str, Any]:
    move = Move() if name is None else MOVES[name].times(share)
    with torch.no_grad():
        for module, amount in ((model.discriminator, move.scores), (model.generator, move.images)):
            last = [layer for layer in module.modules() if isinstance(layer, nn.Linear)][-1]
            if amount and last.bias is not None:
                last.bias.add_(amount)
    data = {name: value.clone() for name, value in given.items()}
    if move.pixels and "x_real" in data:
        data["x_real"] = move_images(data["x_real"], move.pixels)
    with (
        Recorder(model, trace=trace, mute=move.mute, flow_only=True) as recorder,
        suppress(Exception),  # the student's; the run without a move says what it was
    ):
        act(data)
    return {"move": name, "share": share, "events": recorder.events}


def _forked(action: Callable[[], list[dict[str, Any]]], trace: Trace) -> list[dict[str, Any]]:
    """The records of what is done in a copy of this process, and their tensors in this one's trace."""
    known = set(trace.tensors)

    def work() -> bytes:
        torch.set_num_threads(1)  # the copy has no other threads
        records = action()
        named = {event[key] for record in records for event in record["events"] for key in _TENSORS if key in event}
        new = {name: tensor for name, tensor in trace.tensors.items() if name in named - known}
        return safetensors.torch.save(new, {"records": json.dumps(records)})

    answer = aside(work, SECONDS, PATIENCE)
    length = int.from_bytes(answer[:8], "little")
    records: list[dict[str, Any]] = json.loads(json.loads(answer[8 : 8 + length])["__metadata__"]["records"])
    # In order, since safetensors has none, and equal runs are to leave equal traces.
    names = {name: trace.store(tensor) for name, tensor in sorted(safetensors.torch.load(answer).items())}
    for event in (event for record in records for event in record["events"]):
        event |= {key: names[value] for key, value in event.items() if key in _TENSORS and value in names}
    return records


_TENSORS = ("weights", "input", "output", "sides", "gradient")  # keys of events that name a tensor


def _put_back(
    model: AnyModel,
    optimizers: Any,
    given: Mapping[str, Tensor],
    act: Act,
    trace: Trace,
    name: str | None,
    share: float,
) -> dict[str, Any]:
    """Run in this process, then put back what can be put back."""
    named = list(optimizers.values()) if isinstance(optimizers, Mapping) else []
    outer = [optimizer for optimizer in named if isinstance(optimizer, torch.optim.Optimizer)]
    steppers = outer + [inner for optimizer in outer for inner in inner_optimizers(optimizer)]
    states = [_state_of(optimizer) for optimizer in steppers]
    weights = [(p, p.detach().clone(), None if p.grad is None else p.grad.clone()) for p in model.parameters()]
    randoms = random_states()
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            return _run(model, given, act, trace, name, share)
    finally:
        put_back(randoms)
        for parameter, data, grad in weights:
            parameter.data.copy_(data)
            parameter.grad = grad
        for optimizer, state in zip(steppers, states, strict=True):
            optimizer.load_state_dict(state)


def _state_of(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """A copy of its state. Plain tensors, most of it, are cloned: `deepcopy` alone would take several times as long."""
    values = [value for own in optimizer.state.values() if isinstance(own, dict) for value in own.values()]
    clones = {id(value): value.clone() for value in values if type(value) is Tensor and not value.requires_grad}
    return copy.deepcopy(optimizer.state_dict(), clones)
