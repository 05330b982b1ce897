"""Evidence: the recorded events of a trace as typed records, and what recomputes them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is where the trusted side
first looks at what a submission left behind. It believes inputs, weights and gradients as *recorded claims*, and
recomputes outputs and vector-Jacobian products itself, in float64.
"""

import functools
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.conditional import make_model
from course_utils.gan.branches import through_relu
from course_utils.gan.places import MODULES

OUTPUT_TOLERANCE = 1e-3  # float32 against float64, relative to the largest output; seen on right solutions: 4e-6


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a module, from its first linear layer to its last.

    `inputs` is `(rows, input width)`, `outputs` `(rows, output width)`: codes of E, pre-sigmoid images of G, logits
    of D, all float64. In a conditional model the last columns of `inputs` are the label; `content` is `inputs` without
    them, and `labels` `(rows,)` holds the labels, -1 where the columns are not one-hot. `sides` are those of ReLU's
    branch for hidden units near 0 (`course_utils.gan.branches`). `faithful` says whether the weights give the recorded
    outputs. `step` is the number of the training step (0 where there are none) and `time` the position among the
    events.
    """

    number: int
    module: str
    own: bool
    trainable: tuple[bool, ...]
    weights: Tensor
    inputs: Tensor
    content: Tensor
    labels: Tensor | None
    outputs: Tensor
    sides: Tensor
    inputs_require_grad: bool
    faithful: bool
    step: int
    time: int


@dataclass(frozen=True, eq=False)
class Arrival:
    """The gradient of some loss with respect to a call's outputs, `(rows, output width)`, in one backward pass."""

    call: Call
    backward: int
    gradient: Tensor
    differentiable: bool  # the backward pass was itself recorded by autograd (create_graph=True)
    time: int


@dataclass(frozen=True, eq=False)
class Applied:
    """The gradient of one module that an optimizer found at its step, and which of the parameters it holds."""

    gradient: Tensor  # (parameters of the module,), zero for those without
    held: tuple[bool, ...]  # one for each parameter tensor of the module
    maximize: bool


@dataclass(frozen=True, eq=False)
class Update:
    """One step of one optimizer; `optimizer` is its name in the configured dict, or None.

    `forgot` says that what it had kept of earlier steps, such as Adam's moments, was gone before this one.
    """

    optimizer: str | None
    kind: str
    before: dict[str, Tensor]
    after: dict[str, Tensor]
    applied: dict[str, Applied]
    forgot: bool
    step: int
    time: int

    def moved(self, module: str) -> bool:
        return not torch.equal(self.before[module], self.after[module])


@dataclass(frozen=True, eq=False)
class Run:
    """A step, or a call of a loss function, done again with one thing moved (`course_utils.gan.moves.MOVES`).

    Its calls and arrivals are those of the step itself, one for one: it took the same course.
    """

    calls: tuple[Call, ...]
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, eq=False)
class Experiment:
    """A step, and what became of it in each of the runs in which something was moved by a `share` of
    `course_utils.gan.moves.MOVES`; all took the same course."""

    calls: tuple[Call, ...]
    arrivals: tuple[Arrival, ...]
    runs: dict[str, Run]
    share: float

    def call(self, run: str, call: Call) -> Call:
        """What was a call of the step, in a run."""
        return self.runs[run].calls[next(i for i, own in enumerate(self.calls) if own is call)]

    def arrival(self, run: str, arrival: Arrival) -> Arrival:
        """What was an arrival of the step, in a run."""
        return self.runs[run].arrivals[next(i for i, own in enumerate(self.arrivals) if own is arrival)]


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that happened during the recorded steps of one probe."""

    calls: tuple[Call, ...]
    arrivals: tuple[Arrival, ...]
    accumulations: frozenset[tuple[str, int]]  # (module, backward pass)
    updates: tuple[Update, ...]
    weights: tuple[dict[str, Tensor], ...]  # at the start of each step and after the last one
    batches: tuple[Tensor, ...]  # x_real of each step, (rows, input_size)
    labels: tuple[Tensor, ...]  # h of each step, (rows,); none for a model without labels
    experiments: dict[int, Experiment]  # by step, where all runs took the course of the step
    strangers: frozenset[str]  # modules of other models, of other sizes, that were called
    replay: "Replay"

    def forgetful(self) -> list[str]:
        """Optimizers that had forgotten what they kept, such as Adam's moments, in most steps after their first."""
        steps: dict[str, list[bool]] = {}
        for update in self.updates:
            if update.optimizer is not None:
                steps.setdefault(update.optimizer, []).append(update.forgot)
        return [name for name, (_, *later) in steps.items() if sum(later) > len(later) / 2]

    def backward_times(self) -> dict[int, int]:
        """When each backward pass was last seen."""
        return {arrival.backward: arrival.time for arrival in self.arrivals}


class _Network:
    """The layers of a module, up to its last linear one, with the weights of whatever call is recomputed."""

    def __init__(self, layers: nn.Sequential) -> None:
        self.layers = layers
        self.parameters = list(layers.parameters())
        self.shapes = [parameter.shape for parameter in self.parameters]
        self._weights: Tensor | None = None

    def set_to(self, weights: Tensor) -> nn.Sequential:
        """The layers with these weights, flat."""
        if self._weights is not weights:
            pieces = weights.split([shape.numel() for shape in self.shapes])
            for parameter, piece in zip(self.parameters, pieces, strict=True):
                parameter.data = piece.view_as(parameter)
            self._weights = weights
        return self.layers


@functools.cache
def _networks(sizes: tuple[tuple[str, Any], ...]) -> dict[str, _Network]:
    """Those of a model, by module; one for all traces, since drawing weights that nobody uses takes long."""
    model = make_model(**dict(sizes)).double()
    return {module: _Network(_up_to_last_linear(module, getattr(model, module).net)) for module in MODULES}


@dataclass(frozen=True, eq=False)
class Replay:
    """Recomputes calls of a model of the probe's sizes.

    Attributes:
        sizes: of the model.
        vectors: weights and gradients of the one trace that is read, by module and name.
    """

    sizes: dict[str, Any]
    vectors: dict[tuple[str, str], Tensor] = field(default_factory=dict, repr=False)

    def _network(self, module: str) -> _Network:
        return _networks(tuple(self.sizes.items()))[module]

    def shapes(self, module: str) -> list[torch.Size]:
        """Of the module's parameters, in their order."""
        return self._network(module).shapes

    def parameter_count(self, module: str) -> int:
        return sum(shape.numel() for shape in self.shapes(module))

    def split(self, inputs: Tensor) -> tuple[Tensor, Tensor | None]:
        """The content of a call's inputs and, in a conditional model, their labels."""
        classes = self.sizes.get("number_of_classes", 0)
        if not classes:
            return inputs, None
        columns = inputs[:, -classes:]  # (rows, number_of_classes)
        one_hot = ((columns == 0) | (columns == 1)).all(dim=1) & (columns.sum(dim=1) == 1)
        return inputs[:, :-classes], torch.where(one_hot, columns.argmax(dim=1), -1)

    def forward(self, module: str, weights: Tensor, inputs: Tensor) -> Tensor:
        with torch.no_grad():
            outputs: Tensor = self._network(module).set_to(weights)(inputs)
            return outputs

    def vjp(self, call: Call, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """The gradients of the parameters (flat) and of the content, for a gradient at the call's outputs."""
        network = self._network(call.module)
        layers = network.set_to(call.weights)
        inputs = call.inputs.clone().requires_grad_()
        # The gradient of this sum is the product; if it is given as `grad_outputs`, torch imports SymPy: 0.3 s.
        weighted_sum = (_outputs(layers, inputs, call.sides) * gradient).sum()
        *of_parameters, of_inputs = torch.autograd.grad(weighted_sum, [*network.parameters, inputs])
        mask = [g if t else torch.zeros_like(g) for g, t in zip(of_parameters, call.trainable, strict=True)]
        return torch.cat([g.reshape(-1) for g in mask]), of_inputs[:, : call.content.shape[1]]


def _outputs(layers: nn.Sequential, inputs: Tensor, sides: Tensor) -> Tensor:
    """What the layers make of the inputs, with hidden units near 0 on the sides where they were."""
    if not len(sides):
        return layers(inputs)
    hidden = 0
    for layer in layers:
        if isinstance(layer, nn.ReLU):
            inputs, hidden = through_relu(inputs, sides[sides[:, 0] == hidden]), hidden + 1
        else:
            inputs = layer(inputs)
    return inputs


def _up_to_last_linear(module: str, net: nn.Sequential) -> nn.Sequential:
    """The layers without the sigmoid at the end of G and D."""
    return net if module == "encoder" else net[:-1]
