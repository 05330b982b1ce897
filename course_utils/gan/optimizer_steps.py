"""Watching optimizers step: the weights before and after, and the gradient that was applied.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the part of the recorder
(`course_utils.gan.record`) that looks at updates.
"""

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.utils.hooks import RemovableHandle

from coursekit.trace import Trace, flatten


def inner_optimizers(optimizer: Any) -> list[torch.optim.Optimizer]:
    """The optimizers that another one, such as SAM or Lookahead, was made around; none where there are none."""
    own = vars(optimizer).values() if isinstance(optimizer, torch.optim.Optimizer) else ()
    return [value for value in own if isinstance(value, torch.optim.Optimizer)]


@dataclass(frozen=True)
class Memory:
    """What an optimizer keeps of earlier steps: for how many of its tensors something, and how many steps it counts."""

    kept: int
    steps: float

    def is_lost_in(self, later: "Memory") -> bool:
        """Whether all of it is gone, or its steps are counted anew."""
        return self.kept > 0 and (later.kept == 0 or later.steps < self.steps)


def memory_of(optimizer: torch.optim.Optimizer) -> Memory:
    """That of Adam is its moments and the number of its steps; plain gradient descent has none.

    Who writes an optimizer may keep anything there: what is not by parameter, as torch has it, is not looked at.
    """
    by_parameter = getattr(optimizer, "state", None)
    states = list(by_parameter.values()) if isinstance(by_parameter, dict) else []
    states = [state for state in states if isinstance(state, dict)]
    steps = [count for state in states if (count := _number(state.get("step"))) is not None]
    return Memory(sum(any(map(_is_something, state.values())) for state in states), max(steps, default=0.0))


def _number(value: object) -> float | None:
    if isinstance(value, torch.Tensor) and value.numel() == 1 and not value.is_complex():
        return float(value)
    return float(value) if isinstance(value, int | float) else None


def _is_something(value: object) -> bool:
    """No zero, and nothing empty."""
    if isinstance(value, torch.Tensor | np.ndarray):
        return bool(value.any())
    return bool(value) if isinstance(value, int | float | Sized) else value is not None


class OptimizerSteps:
    """Tells of each step that an optimizer takes, while the hooks of `hook` stand.

    Args:
        parameters: of each module, by name.
        optimizers: the optimizers that were configured, by name, which is also that of one inside of them; steps of
            others are told with the name `None`.
        trace: where tensors are stored.
        tell: called with the event `step` and its data (see `course_utils.gan.record.Recorder`).
    """

    def __init__(
        self,
        parameters: Mapping[str, Mapping[str, nn.Parameter]],
        optimizers: Mapping[str, torch.optim.Optimizer],
        trace: Trace,
        tell: Callable[..., None],
    ) -> None:
        self._parameters, self._trace, self._tell = parameters, trace, tell
        self._optimizers = {id(optimizer): str(name) for name, optimizer in optimizers.items()}
        self._outer: dict[int, int] = {}  # of an inner optimizer, the one that was made around it
        for name, optimizer in optimizers.items():
            for inner in inner_optimizers(optimizer):
                self._optimizers.setdefault(id(inner), str(name))
                self._outer[id(inner)] = id(optimizer)
        self._home = {
            id(parameter): (module, name) for module, own in parameters.items() for name, parameter in own.items()
        }
        self._before_step: dict[int, dict[str, Any]] = {}
        self._memory: dict[int, Memory] = {}  # what each optimizer kept when its last step had ended
        self._depth: dict[int, int] = {}  # how many steps of an optimizer are under way, one within the other

    def hook(self) -> list[RemovableHandle]:
        """Begin to look at all optimizers; removing the handles ends it."""
        return [
            register_optimizer_step_pre_hook(self._before_optimizer_step),
            register_optimizer_step_post_hook(self._after_optimizer_step),
        ]

    def weights(self) -> dict[str, str]:
        """Store the weights as they are now, each module's as one vector, and return their names."""
        return {module: self._trace.store(flatten(own)) for module, own in self._parameters.items()}

    def _gradients(self, optimizer: torch.optim.Optimizer) -> dict[str, dict[str, Any]]:
        """For each module of which the optimizer holds parameters: which ones, and their gradient as one vector."""
        held = {self._home[id(p)] for group in optimizer.param_groups for p in group["params"] if id(p) in self._home}
        groups = {
            self._home[id(p)][0]: group
            for group in optimizer.param_groups
            for p in group["params"]
            if id(p) in self._home
        }
        gradients = {}
        for module, group in groups.items():
            own = self._parameters[module]
            vectors = {
                name: p.grad if (module, name) in held and p.grad is not None else torch.zeros_like(p)
                for name, p in own.items()
            }
            gradients[module] = {
                "gradient": self._trace.store(flatten(vectors)),
                "held": [(module, name) in held for name in own],
                "maximize": bool(group.get("maximize", False)),
            }
        return gradients

    def _before_optimizer_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        self._depth[id(optimizer)] = self._depth.get(id(optimizer), 0) + 1
        if self._depth[id(optimizer)] > 1 or self._depth.get(self._outer.get(id(optimizer), 0), 0):
            return  # a part of the step of a derived class, or of the optimizer around it
        self._before_step[id(optimizer)] = {
            "weights": self.weights(),
            "gradients": self._gradients(optimizer),
            "forgot": id(optimizer) in self._memory and self._memory[id(optimizer)].is_lost_in(memory_of(optimizer)),
        }

    def _after_optimizer_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        self._depth[id(optimizer)] -= 1
        if self._depth[id(optimizer)] or id(optimizer) not in self._before_step:
            return
        before = self._before_step.pop(id(optimizer))
        self._memory[id(optimizer)] = memory_of(optimizer)
        with_closure = len(args) > 1 or any(value is not None for value in kwargs.values())
        self._tell(
            "step",
            optimizer=self._optimizers.get(id(optimizer)),
            kind=type(optimizer).__name__,
            before=before["weights"],
            after=self.weights(),
            # What L-BFGS, which takes a closure, learns of one mini-batch need not hold for the next.
            forgot=before["forgot"] and not with_closure,
            # With a closure, the gradient that counts is the one that the closure left behind.
            gradients=self._gradients(optimizer) if with_closure else before["gradients"],
        )
