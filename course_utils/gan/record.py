"""Recording what training steps do to a model: calls, gradients, updates.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this makes the trace. It only
observes: which module was called on what, which gradient arrived at its output in which backward pass, which
gradient each optimizer applied and what became of the weights (`course_utils.gan.optimizer_steps`). Whether that is
right is for others to judge.

A *call* of a module runs from its first linear layer to its last one, so that a module is also seen when its layers
are called one by one or without the activation at its end.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from course_utils.conditional import AnyModel
from course_utils.gan.branches import sides_of
from course_utils.gan.optimizer_steps import OptimizerSteps
from course_utils.gan.places import CLASSES, MODULES, OpenCall, Place
from course_utils.gan.transformed import (
    has_values,
    is_followed,
    is_inside,
    is_one,
    levels_of_gradients,
    of_graph,
    outside,
    plain,
)
from coursekit.trace import Trace, flatten


class Recorder:
    """Records into a `Trace` all that happens to `model` while the `with` block runs.

    The events stand in `trace.data["events"]`, in the order in which they happened:

    * `call`: module, `own` (the weights were the model's own parameters), `trainable` (for each of them, whether it
      could receive a gradient), `weights` (flat vector), `input` (rows as given to the first linear layer), `output`
      (what the last linear layer returned: code of E, pre-sigmoid image of G, logits of D), `sides` (of ReLU's branch,
      for hidden units near 0: see `course_utils.gan.branches`);
    * `gradient`: dL/d output of a call, with the number of its backward pass;
    * `accumulate`: a backward pass added to the `.grad` of a module;
    * `step`: an optimizer stepped; for each module the weights before and after, the gradient that was applied (flat,
      zero where there is none), and which parameters the optimizer holds;
    * `stranger`: a module of other sizes was called, so one of another model;
    * `mark`: set by `mark`, for example at the start of each training step.

    Args:
        model: the model to observe.
        optimizers: the optimizers that were configured, by name; steps of others are recorded with the name `None`.
        trace: where tensors are stored; a new one by default.
        mute: D passes no gradient on to what it was called on.
        flow_only: record calls and gradients only.
    """

    def __init__(
        self,
        model: AnyModel,
        optimizers: Mapping[str, torch.optim.Optimizer] | None = None,
        *,
        trace: Trace | None = None,
        mute: bool = False,
        flow_only: bool = False,
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self.trace = Trace({"events": self.events}) if trace is None else trace
        self._mute, self._flow_only = mute, flow_only
        self._parameters = {name: dict(getattr(model, name).named_parameters()) for name in MODULES}
        self._add = partial(_add, self.events)  # no method: this object could not be freed at once if it held itself
        self._steps = OptimizerSteps(self._parameters, optimizers or {}, self.trace, self._add)
        self._known: dict[int, nn.Module] = {}  # learned; they live on, so that no id comes twice
        self._places: dict[int, Place] = {}
        self._open: dict[int, OpenCall] = {}
        self._backward_passes: dict[int, int] = {}
        self._handles: list[Any] = []
        self._calls = 0
        self._active = False
        for name in MODULES:
            self._learn_layers(name, getattr(model, name))

    def __enter__(self) -> "Recorder":
        self._active = True
        self._handles = [
            register_module_forward_pre_hook(self._before_forward),
            register_module_forward_hook(self._after_forward),
        ]
        if self._flow_only:
            return self
        self._handles += self._steps.hook()
        for module, parameters in self._parameters.items():
            last = list(parameters.values())[-1]
            if last.requires_grad:
                self._handles.append(last.register_post_accumulate_grad_hook(self._on_accumulate(module)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._active = False
        for handle in self._handles:
            handle.remove()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Record nothing for a while."""
        self.__exit__(None, None, None)
        yield
        self.__enter__()

    def mark(self, **data: Any) -> None:
        """Put a mark with some plain data, and the weights as they are now, between the events."""
        self._add("mark", weights=self._steps.weights(), **data)

    # Calls

    def _learn_layers(self, name: str, module: nn.Module) -> None:
        self._known[id(module)] = module
        layers = [layer for layer in module.modules() if isinstance(layer, nn.Linear)]
        for position, layer in enumerate(layers):
            self._places.setdefault(id(layer), Place(name, layers, position))

    def _before_forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        name = CLASSES.get(type(module))
        if name is not None and id(module) not in self._known:  # of copies, which are recorded as not the model's own
            self._learn_layers(name, module)
        place = self._places.get(id(module))
        if place is None or place.position != 0 or not args or not has_values(args[0]):
            return
        parameters = [parameter for layer in place.layers for parameter in layer.parameters()]
        if not all(has_values(parameter) and is_one(parameter) for parameter in parameters):
            return
        own = list(self._parameters[place.module].values())
        if [parameter.shape for parameter in parameters] != [parameter.shape for parameter in own]:
            self._add("stranger", module=place.module)  # a network of other sizes is no copy of the model's
            return
        grad = torch.is_grad_enabled()
        inputs_require_grad = is_followed(args[0]) and grad
        trainable = [is_followed(parameter) and grad for parameter in parameters]
        inside = is_inside()
        with outside():
            values = [plain(parameter) for parameter in parameters]
            self._open[id(place.layers)] = OpenCall(
                inputs=plain(args[0]).detach().clone(),
                inputs_require_grad=inputs_require_grad,
                weights=self.trace.store(flatten({str(i): p for i, p in enumerate(values)})),
                # A transformation differentiates with respect to weights that it was given, not to the model's.
                own=all(a is b or (inside and torch.equal(a, b)) for a, b in zip(own, values, strict=True)),
                trainable=trainable,
            )

    def _after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        place = self._places.get(id(module))
        if place is None or not has_values(output):
            return
        if place.is_last:
            self._end_call(place, output)
        elif call := self._open.get(id(place.layers)):
            with outside():
                call.sides.append(sides_of(place.position, plain(output)))
        if self._mute and place.module == "discriminator" and place.position == 0:
            self._silence(output)

    def _end_call(self, place: Place, output: torch.Tensor) -> None:
        call = self._open.pop(id(place.layers), None)
        with outside():
            values = plain(output)
            if call is None or values.shape[:-1].numel() != call.inputs.shape[:-1].numel():
                return  # other rows than it was called on: `vmap` has come in between
            number, self._calls = self._calls, self._calls + 1
            self._add(
                "call",
                call=number,
                module=place.module,
                own=call.own,
                trainable=call.trainable,
                weights=call.weights,
                input=self.trace.store(call.inputs),
                input_requires_grad=call.inputs_require_grad,
                output=self.trace.store(values),
                sides=self.trace.store(torch.cat(sides)) if (sides := [s for s in call.sides if len(s)]) else None,
            )
        known, dimensions = of_graph(output)
        # Inside `grad`, autograd is always ready for a gradient of the gradient; only a second `grad` takes one.
        once = levels_of_gradients() == 1
        if known.requires_grad:
            known.register_hook(lambda gradient: self._on_gradient(number, gradient, dimensions, once))

    # Gradients

    def _silence(self, output: torch.Tensor) -> None:
        """Let no gradient pass D's first layer, whichever of its layers it comes from."""
        known, once = of_graph(output)[0], levels_of_gradients() == 1
        if known.requires_grad:
            known.register_hook(lambda g: None if torch.is_grad_enabled() and not once else torch.zeros_like(g))

    def _backward_pass(self) -> int:
        task = torch._C._current_graph_task_id()  # one number per call of the autograd engine
        return self._backward_passes.setdefault(task, len(self._backward_passes))

    def _on_gradient(self, call: int, gradient: torch.Tensor, dimensions: tuple[int, ...], once: bool) -> None:
        differentiable = torch.is_grad_enabled() and not once
        if self._active:
            with outside():
                stored = self.trace.store(plain(gradient, dimensions))
            self._add(
                "gradient",
                call=call,
                backward=self._backward_pass(),
                gradient=stored,
                differentiable=differentiable,
            )

    def _on_accumulate(self, module: str) -> Any:
        def hook(_: torch.Tensor) -> None:
            if self._active:
                self._add("accumulate", module=module, backward=self._backward_pass())

        return hook


def _add(events: list[dict[str, Any]], event: str, **data: Any) -> None:
    events.append({"event": event, **data})
