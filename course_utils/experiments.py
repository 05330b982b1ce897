"""Experiments: the same thing done again from the same state and with the same random numbers, with one thing moved.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these belong to the trace: what
changes between two such runs changes because of what was moved (common random numbers; an intervention in the sense of
causal inference, Pearl 2009). What the changes mean is for `course_utils.attribution` to say.

The runs of a training step are taken in a copy of the process, so that whatever a solution keeps in variables of its
own stays as it was. If it does the same there before and after the moves, once weights, optimizers and random numbers
are put back, one copy serves for all runs; else each run gets its own. Where processes cannot be copied, as on many a
student's own machine, all runs are taken in this one.
"""

import copy
import json
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import Any

import numpy
import safetensors.torch
import torch
from torch import Tensor, nn

from course_utils.conditional import AnyModel
from course_utils.record import Recorder
from coursekit.aside import AsideError, AsideWaitsError, aside, can_fork
from coursekit.trace import Trace

SECONDS = 5.0  # of processor time for some runs, which take some hundredths of a second
PATIENCE = 10.0  # seconds by the clock; nine steps of a probe are taken again, in a cell that has 120
BLOCK = 4  # images are moved in blocks of that many pixels each way, so that a shift by a pixel leaves the pattern


@dataclass(frozen=True)
class Move:
    """What is moved in a run.

    Attributes:
        scores: added to the last bias of D, so to all its logits.
        images: added to the last bias of G, so to all its images before the sigmoid.
        pixels: how far the real images are moved, each by a pattern of its own (`move_images`).
        mute: D passes no gradient on: what still arrives before it came by another way.
    """

    scores: float = 0.0
    images: float = 0.0
    pixels: float = 0.0
    mute: bool = False


# D is mute in all of them, so that what still arrives at G and E is the reconstruction alone. The moves of D's bias are
# small, since steps may branch on scores, and large enough that the curve of another loss than cross-entropy shows:
# least squares leave 3 % of the change of the gradient, rounding 0.001 %.
MOVES = {
    "scores": Move(scores=0.15, mute=True),
    "images of G": Move(scores=-0.15, images=0.2, mute=True),
    "real images": Move(pixels=0.2, mute=True),
}
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


def move_images(images: Tensor, amount: float) -> Tensor:
    """Real images `(n, pixels)` in [0, 1], each moved in every second block of pixels, in a pattern of its own."""
    n, pixels = images.shape
    side = round(pixels**0.5)
    place = torch.arange(pixels)
    block = (place // side) // BLOCK * side + (place % side) // BLOCK if side * side == pixels else place // BLOCK
    chosen = torch.rand(n, int(block.max()) + 1, generator=torch.Generator().manual_seed(0)) < 0.5  # (n, blocks)
    return images + amount * chosen[:, block] * (1 - 2 * images)


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

    def together() -> list[dict[str, Any]]:
        return _together(model, optimizers, given, act, trace).records

    def alone(move: Move) -> list[dict[str, Any]]:
        return [_run(model, given, act, trace, move)]

    forks = can_fork()
    if pure or not forks:
        moved = _together(model, optimizers, given, act, trace)
        if moved.records or not forks:
            return moved
    try:
        records = [] if pure else _try(together, trace)
        return Moved(records or [record for move in MOVES.values() for record in _try(partial(alone, move), trace)])
    except AsideWaitsError:
        return Moved([])


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


def _together(model: AnyModel, optimizers: Any, given: Mapping[str, Tensor], act: Act, trace: Trace) -> Moved:
    """All runs one after the other in this process; none where a solution does not do the same before and after, since
    it keeps something that was not put back. Where there is no other way, that is left open.

    Two runs before and one after: what comes back every few calls cannot be the same in all three."""
    forks = can_fork()

    def run(move: Move) -> dict[str, Any]:
        return _put_back(model, optimizers, given, act, trace, move)

    if forks:
        first = run(Move())
        if run(Move()) != first:
            return Moved([])
    records = [run(move) for move in MOVES.values()]
    if not forks:
        return Moved(records)
    if any(_course(record) != _course(first) for record in records) or run(Move()) != first:
        return Moved([])
    return Moved(records, flow_of(first["events"]))


def _course(record: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(event["event"], event.get("module"), event.get("call")) for event in record["events"]]


def _run(model: AnyModel, given: Mapping[str, Tensor], act: Act, trace: Trace, move: Move) -> dict[str, Any]:
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
    name = next((name for name, known in MOVES.items() if known == move), None)
    return {"move": name, "events": recorder.events}


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


_TENSORS = ("weights", "input", "output", "gradient")  # keys of events that name a tensor


def _put_back(
    model: AnyModel, optimizers: Any, given: Mapping[str, Tensor], act: Act, trace: Trace, move: Move
) -> dict[str, Any]:
    """Run in this process, then put back what can be put back."""
    named = list(optimizers.values()) if isinstance(optimizers, Mapping) else []
    steppers = [optimizer for optimizer in named if isinstance(optimizer, torch.optim.Optimizer)]
    states = [copy.deepcopy(optimizer.state_dict()) for optimizer in steppers]
    weights = [(p, p.detach().clone(), None if p.grad is None else p.grad.clone()) for p in model.parameters()]
    randoms = torch.get_rng_state(), random.getstate(), numpy.random.get_state()
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            return _run(model, given, act, trace, move)
    finally:
        torch.set_rng_state(randoms[0])
        random.setstate(randoms[1])
        numpy.random.set_state(randoms[2])
        for parameter, data, grad in weights:
            parameter.data.copy_(data)
            parameter.grad = grad
        for optimizer, state in zip(steppers, states, strict=True):
            optimizer.load_state_dict(state)
