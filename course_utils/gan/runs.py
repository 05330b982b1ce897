"""One run of an experiment: the same thing done again, with something moved, and what flowed meanwhile.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are what
`course_utils.gan.experiments` compares.
"""

import copy
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.conditional import AnyModel
from course_utils.gan.fresh_numbers import put_back, random_states
from course_utils.gan.moves import MOVES, Move, move_images
from course_utils.gan.optimizer_steps import inner_optimizers
from course_utils.gan.record import Recorder
from coursekit.trace import Trace

Act = Callable[[dict[str, Tensor]], Any]


def run_once(
    model: AnyModel, given: Mapping[str, Tensor], act: Act, trace: Trace, name: str | None, share: float
) -> dict[str, Any]:
    """Act once, and leave everything as it is then.

    Args:
        model: to act on.
        given: the data to act on, by name.
        act: what to do, with copies of these data; what it raises ends the run.
        trace: for the tensors.
        name: of the move (`MOVES`), or None.
        share: of the move.

    Returns:
        The move, its share, and the events of calls and gradients.
    """
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


def run_and_put_back(
    model: AnyModel,
    optimizers: Any,
    given: Mapping[str, Tensor],
    act: Act,
    trace: Trace,
    name: str | None,
    share: float,
) -> dict[str, Any]:
    """Act once, then put back what can be put back: weights, gradients, optimizers and random numbers."""
    named = list(optimizers.values()) if isinstance(optimizers, Mapping) else []
    outer = [optimizer for optimizer in named if isinstance(optimizer, torch.optim.Optimizer)]
    steppers = outer + [inner for optimizer in outer for inner in inner_optimizers(optimizer)]
    states = [_state_of(optimizer) for optimizer in steppers]
    weights = [(p, p.detach().clone(), None if p.grad is None else p.grad.clone()) for p in model.parameters()]
    randoms = random_states()
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            return run_once(model, given, act, trace, name, share)
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
