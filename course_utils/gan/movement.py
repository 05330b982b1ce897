"""How far the weights move in some steps of a long run, whether it was the optimizers, and whether the game was on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is recorded beside the
weights that a training run leaves behind. A whole record of every step would be large and slow; the length of the way
says enough to tell training from weights that were written down.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from course_utils.conditional import AnyModel
from course_utils.gan.optimizer_steps import inner_optimizers
from course_utils.gan.places import MODULES
from course_utils.gan.transformed import has_values, is_followed, of_graph, outside, plain
from coursekit.trace import flatten

Way = dict[str, Any]


def optimizers_in(configured: Any) -> list[torch.optim.Optimizer]:
    """The optimizers in whatever `configure_optimizers` returned: a mapping, a sequence, or one alone; and in those."""
    values = configured.values() if isinstance(configured, Mapping) else configured
    found = list(values) if isinstance(configured, Mapping | list | tuple) else [configured]
    outer = [value for value in found if isinstance(value, torch.optim.Optimizer)]
    return outer + [inner for optimizer in outer for inner in inner_optimizers(optimizer)]


@contextmanager
def watch(model: AnyModel, optimizers: list[torch.optim.Optimizer]) -> Iterator[Way]:
    """Measure the way of each module while the block runs.

    Yields:
        For each module the length of its way in steps of these optimizers that had a gradient for it, under
        `"optimizers"`, and of all else, under `"else"`; filled in when the block ends. Under `"game"`, whether D sent
        a gradient back to the images that it was called on, as G's adversarial loss does.
    """
    way: Way = {"game": False, **{module: {"optimizers": 0.0, "else": 0.0} for module in MODULES}}
    watched = _Watched(model, {id(optimizer) for optimizer in optimizers}, way)
    handles = [
        register_optimizer_step_pre_hook(watched.before_step),
        register_optimizer_step_post_hook(watched.after_step),
        first_layer(model.discriminator).register_forward_pre_hook(watched.before_scores),
    ]
    try:
        yield way
    finally:
        for handle in handles:
            handle.remove()
        watched.go_on("else", MODULES)


def first_layer(module: nn.Module) -> nn.Linear:
    """Through which all that a network is called on goes."""
    return next(layer for layer in module.modules() if isinstance(layer, nn.Linear))


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

    def before_scores(self, _: nn.Module, args: Any) -> None:
        if args and has_values(args[0]) and is_followed(args[0]) and torch.is_grad_enabled():
            of_graph(args[0])[0].register_hook(self._on_game)

    def _on_game(self, gradient: torch.Tensor) -> None:
        with outside():
            self._way["game"] |= bool(plain(gradient).any())

    def before_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        self.go_on("else", MODULES)
        self._driven = self._with_gradient(optimizer)

    def after_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        driven = self._driven | self._with_gradient(optimizer)  # a closure makes the gradient within the step
        if id(optimizer) in self._configured:
            self.go_on("optimizers", driven)


def _has_gradient(parameter: torch.Tensor) -> bool:
    return parameter.grad is not None and bool(parameter.grad.any())
