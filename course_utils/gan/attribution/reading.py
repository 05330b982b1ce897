"""From a trace to evidence: recorded events are read as typed records, with everything recomputed that can be.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the door at which what a
submission left behind is parsed; whatever is not of its form is refused with its reason.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from course_utils.gan.attribution.evidence import (
    OUTPUT_TOLERANCE,
    Applied,
    Arrival,
    Call,
    Evidence,
    Experiment,
    Replay,
    Run,
    Update,
)
from course_utils.gan.moves import MOVES, OF_G, SHARES, STILL
from course_utils.gan.places import MODULES
from coursekit.trace import Trace, TraceError, named_tensor


def read_evidence(probe: Trace, trace: Trace, batches: Sequence[Tensor], labels: Sequence[Tensor] = ()) -> Evidence:
    """Turn the events of `trace` into evidence.

    Args:
        probe: what was asked.
        trace: what was recorded.
        batches: the real images of each step.
        labels: their labels, in a conditional model.

    Raises:
        TraceError: an event is malformed, or its tensors do not fit the probe's sizes.
    """
    try:
        return _read(Replay(probe.data["model"]), trace, batches, labels)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RuntimeError) as error:
        raise TraceError(f"The trace contradicts itself ({type(error).__name__}).") from error


def _read(replay: Replay, trace: Trace, batches: Sequence[Tensor], labels: Sequence[Tensor]) -> Evidence:
    calls: dict[int, Call] = {}
    arrivals, updates, weights = [], [], []
    accumulations = set()
    strangers = set()
    step = 0
    for time, event in enumerate(trace.data["events"]):
        match event["event"]:
            case "mark":
                step = event["step"] if event["step"] is not None else step
                if not isinstance(step, int) or not 0 <= step < len(batches):
                    raise TraceError(f"The trace holds a step {step!r} that was not asked for.")
                weights.append(_weights(replay, trace, event["weights"]))
            case "call":
                call = _call(replay, trace, event, step, time)
                calls[call.number] = call
            case "gradient":
                arrivals.append(_arrival(trace, event, calls, time))
            case "accumulate":
                accumulations.add((event["module"], _number(event["backward"])))
            case "step":
                updates.append(_update(replay, trace, event, step, time))
            case "stranger":
                strangers.add(event["module"])
            case other:
                raise TraceError(f"The trace holds an unknown event, {other!r}.")
    return Evidence(
        tuple(calls.values()),
        tuple(arrivals),
        frozenset(accumulations),
        tuple(updates),
        tuple(weights),
        tuple(batch.double() for batch in batches),
        tuple(labels),
        _experiments(replay, trace, tuple(calls.values()), arrivals),
        frozenset(strangers),
        replay,
    )


def _experiments(
    replay: Replay, trace: Trace, calls: Sequence[Call], arrivals: Sequence[Arrival]
) -> dict[int, Experiment]:
    """Those of the steps of which every run took the course of the step."""
    experiments = {}
    for record in trace.data.get("experiments", ()):
        step = _number(record["step"])
        own_calls = tuple(call for call in calls if call.step == step)
        own_arrivals = tuple(arrival for arrival in arrivals if arrival.call.step == step)
        runs = {run["move"]: _run(replay, trace, run, step) for run in record["runs"]}
        course = _course(own_calls, own_arrivals)
        alike = all(_course(run.calls, run.arrivals) == course and _is_finite(run) for run in runs.values())
        alike = alike and _keeps_moves(runs)
        shares = {run["share"] for run in record["runs"]}
        if set(runs) == set(MOVES) and alike and len(shares) == 1:
            experiments[step] = Experiment(own_calls, own_arrivals, runs, _share(*shares))
    return experiments


def _run(replay: Replay, trace: Trace, record: dict[str, Any], step: int) -> Run:
    calls: dict[int, Call] = {}
    arrivals = []
    for time, event in enumerate(record["events"]):
        if event["event"] == "call":
            call = _call(replay, trace, event, step, time)
            calls[call.number] = call
        elif event["event"] == "gradient":
            arrivals.append(_arrival(trace, event, calls, time))
    return Run(tuple(calls.values()), tuple(arrivals))


def _keeps_moves(runs: dict[str, Run]) -> bool:
    """Whether moved weights of G are there when it is called: a step may begin by writing others over them."""
    if not {STILL, OF_G} <= set(runs):
        return True
    pairs = zip(runs[STILL].calls, runs[OF_G].calls, strict=True)
    own = [(still.weights, moved.weights) for still, moved in pairs if moved.module == "generator" and moved.own]
    return not own or any(not torch.equal(still, moved) for still, moved in own)


def _is_finite(run: Run) -> bool:
    tensors = [tensor for call in run.calls for tensor in (call.inputs, call.outputs)]
    return all(bool(t.isfinite().all()) for t in (*tensors, *(arrival.gradient for arrival in run.arrivals)))


def _course(calls: Sequence[Call], arrivals: Sequence[Arrival]) -> tuple[object, ...]:
    """What was called on how many rows, and where gradients arrived, in this order."""
    order = {id(call): number for number, call in enumerate(calls)}
    backwards = {arrival.backward: None for arrival in arrivals}
    passes = {backward: number for number, backward in enumerate(backwards)}
    return (
        *((call.module, call.own, tuple(call.inputs.shape)) for call in calls),
        *((order.get(id(arrival.call), -1), passes[arrival.backward]) for arrival in arrivals),
    )


def _arrival(trace: Trace, event: dict[str, Any], calls: dict[int, Call], time: int) -> Arrival:
    call = calls[event["call"]]
    gradient = named_tensor(trace, event["gradient"]).double().reshape(call.outputs.shape)
    return Arrival(call, _number(event["backward"]), gradient, bool(event["differentiable"]), time)


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TraceError(f"The trace numbers a call or a backward pass {value!r}.")
    return value


def _share(value: Any) -> float:
    if value not in SHARES:
        raise TraceError(f"The trace moved things by a share of {value!r}, which is none of those asked for.")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TraceError(f"The trace names an optimizer {value!r}.")
    return value


def _flags(replay: Replay, module: str, value: Any) -> tuple[bool, ...]:
    """One flag for each parameter tensor of the module."""
    if not isinstance(value, list) or len(value) != len(replay.shapes(module)):
        raise TraceError(f"The trace does not hold one flag for each parameter of the {module}.")
    return tuple(bool(flag) for flag in value)


def _weights(replay: Replay, trace: Trace, references: dict[str, str]) -> dict[str, Tensor]:
    return {module: _vector(replay, trace, module, references[module]) for module in MODULES}


def _vector(replay: Replay, trace: Trace, module: str, reference: Any) -> Tensor:
    """Of a module, flat, float64; what is named several times, such as weights that did not change, is one object."""
    key = module, str(reference)
    if key not in replay.vectors:
        vector = named_tensor(trace, reference).double()
        if vector.shape != (replay.parameter_count(module),):
            raise TraceError(f"The trace holds weights or gradients of the {module} that do not have its size.")
        replay.vectors[key] = vector
    return replay.vectors[key]


def _call(replay: Replay, trace: Trace, event: dict[str, Any], step: int, time: int) -> Call:
    module = event["module"]
    weights = _vector(replay, trace, module, event["weights"])
    inputs = named_tensor(trace, event["input"]).double()
    inputs = inputs.reshape(-1, inputs.shape[-1])  # (rows, input width)
    outputs = replay.forward(module, weights, inputs)
    recorded = named_tensor(trace, event["output"]).double().reshape(outputs.shape)
    content, labels = replay.split(inputs)
    error = (recorded - outputs).abs().max() if len(outputs) else torch.zeros(())
    return Call(
        number=_number(event["call"]),
        module=module,
        own=bool(event["own"]),
        trainable=_flags(replay, module, event["trainable"]),
        weights=weights,
        inputs=inputs,
        content=content,
        labels=labels,
        outputs=outputs,
        sides=_sides(replay, trace, event.get("sides"), module, len(inputs)),
        inputs_require_grad=bool(event["input_requires_grad"]),
        faithful=bool(error <= OUTPUT_TOLERANCE * outputs.abs().max().clamp(min=1)) if len(outputs) else True,
        step=step,
        time=time,
    )


def _sides(replay: Replay, trace: Trace, reference: Any, module: str, rows: int) -> Tensor:
    """On which side of ReLU's branch hidden units near 0 were, int64 `(units, 4)`: see `branches.sides_of`."""
    if reference is None:
        return torch.zeros(0, 4, dtype=torch.int64)
    sides = named_tensor(trace, reference)
    hidden = [shape[0] for shape in replay.shapes(module)[:-2:2]]  # of a linear layer: its weights, then its bias
    known = sides.dtype == torch.int64 and sides.dim() == 2 and sides.shape[1] == 4 and bool(hidden)
    if not known or bool(((sides < 0) | (sides >= torch.tensor([len(hidden), rows, min(hidden), 2]))).any()):
        raise TraceError(f"The trace names hidden units of the {module} that it does not have.")
    return sides


def _update(replay: Replay, trace: Trace, event: dict[str, Any], step: int, time: int) -> Update:
    return Update(
        optimizer=None if event["optimizer"] is None else _text(event["optimizer"]),
        kind=_text(event["kind"]),
        before=_weights(replay, trace, event["before"]),
        after=_weights(replay, trace, event["after"]),
        applied={
            module: Applied(
                gradient=_vector(replay, trace, module, applied["gradient"]),
                held=_flags(replay, module, applied["held"]),
                maximize=bool(applied["maximize"]),
            )
            for module, applied in event["gradients"].items()
        },
        forgot=bool(event["forgot"]),
        step=step,
        time=time,
    )
