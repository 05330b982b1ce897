"""How far the weights move in some steps of a long run, and whether it was the optimizers that moved them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is recorded beside the
weights that a training run leaves behind. A whole record of every step would be large and slow; the length of the way
says enough to tell training from weights that were written down.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from course_utils.conditional import AnyModel
from course_utils.gan.record import MODULES
from coursekit.trace import flatten

Way = dict[str, dict[str, float]]


def optimizers_in(configured: Any) -> list[torch.optim.Optimizer]:
    """The optimizers in whatever `configure_optimizers` returned: a mapping, a sequence, or one alone."""
    values = configured.values() if isinstance(configured, Mapping) else configured
    found = list(values) if isinstance(configured, Mapping | list | tuple) else [configured]
    return [value for value in found if isinstance(value, torch.optim.Optimizer)]


@contextmanager
def watch(model: AnyModel, optimizers: list[torch.optim.Optimizer]) -> Iterator[Way]:
    """Measure the way of each module while the block runs.

    Yields:
        For each module the length of its way in steps of these optimizers that had a gradient for it, under
        `"optimizers"`, and of all else, under `"else"`; filled in when the block ends.
    """
    way: Way = {module: {"optimizers": 0.0, "else": 0.0} for module in MODULES}
    watched = _Watched(model, {id(optimizer) for optimizer in optimizers}, way)
    handles = [
        register_optimizer_step_pre_hook(watched.before_step),
        register_optimizer_step_post_hook(watched.after_step),
    ]
    try:
        yield way
    finally:
        for handle in handles:
            handle.remove()
        watched.go_on("else", MODULES)


class _Watched:
    """Where the modules are now, and the hooks that look again around each step of an optimizer."""

    def __init__(self, model: AnyModel, configured: set[int], way: Way) -> None:
        self._parameters = {module: dict(getattr(model, module).named_parameters()) for module in MODULES}
        self._configured = configured
        self._way = way
        self._place = {module: self._now(module) for module in MODULES}
        self._driven: set[str] = set()

    def _now(self, module: str) -> torch.Tensor:
        return flatten(self._parameters[module]).double()

    def go_on(self, by: str, modules: tuple[str, ...] | set[str]) -> None:
        """Add what the modules have moved since the last look."""
        for module in modules:
            now = self._now(module)
            self._way[module][by] += float((now - self._place[module]).norm())
            self._place[module] = now

    def _with_gradient(self, optimizer: torch.optim.Optimizer) -> set[str]:
        held = {id(p) for group in optimizer.param_groups for p in group["params"] if _has_gradient(p)}
        return {module for module, own in self._parameters.items() if held & {id(p) for p in own.values()}}

    def before_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        self.go_on("else", MODULES)
        self._driven = self._with_gradient(optimizer)

    def after_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        driven = self._driven | self._with_gradient(optimizer)  # a closure makes the gradient within the step
        if id(optimizer) in self._configured:
            self.go_on("optimizers", driven)


def _has_gradient(parameter: torch.Tensor) -> bool:
    return parameter.grad is not None and bool(parameter.grad.any())
