"""Rounding decides on which side of ReLU's branch a hidden unit near 0 falls; who recomputes its gradients follows."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from course_utils.gan.attribution.evidence import Call, Evidence
from course_utils.gan.attribution.reading import read_evidence
from course_utils.gan.branches import sides_of, through_relu
from course_utils.gan.record import Recorder
from course_utils.models import Model
from coursekit.trace import Trace, TraceError

SIZES: dict[str, Any] = {"number_of_hidden_layers": 1, "input_size": 30, "hidden_size": 8, "latent_size": 2}


def at_a_branch() -> tuple[Model, Tensor]:
    """A model, and images of which the first brings D's first hidden unit to 0 but for rounding.

    What is not above 0 in float32 is above 0 in float64.
    """
    torch.manual_seed(0)
    model, x = Model(**SIZES), torch.rand(3, 30)
    layer = model.discriminator.net[0]
    assert isinstance(layer, torch.nn.Linear)
    for _ in range(1000):
        with torch.no_grad():
            x[0] = torch.rand(30)
            layer.bias[0] = 0
            layer.bias[0] = -layer(x)[0, 0]
            exact = layer.weight[0].double() @ x[0].double() + layer.bias[0].double()
            if layer(x)[0, 0] <= 0 < exact:
                return model, x
    raise AssertionError("no such image was found")


def recorded(model: Model, x: Tensor) -> tuple[Trace, Tensor]:
    """A call of D and its backward pass, and the gradient of its input."""
    x = x.clone().requires_grad_()
    recorder = Recorder(model, flow_only=True)
    with recorder:
        recorder.mark(step=0)
        model.discriminator(x).sum().backward()
    assert x.grad is not None
    return recorder.trace, x.grad


def read(trace: Trace, x: Tensor) -> Evidence:
    return read_evidence(Trace({"model": SIZES}), trace, [x])


def of_input(evidence: Evidence, call: Call) -> Tensor:
    (arrival,) = evidence.arrivals
    return evidence.replay.vjp(call, arrival.gradient)[1]


def test_gradients_are_recomputed_on_the_side_of_the_branch_that_was_taken() -> None:
    model, x = at_a_branch()
    trace, gradient = recorded(model, x)
    evidence = read(trace, x)
    (call,) = evidence.calls
    assert [0, 0, 0, 0] in call.sides.tolist()
    torch.testing.assert_close(of_input(evidence, call).float(), gradient, rtol=1e-4, atol=1e-7)
    other = of_input(evidence, replace(call, sides=call.sides[:0]))
    assert float((other - gradient).norm()) > 1e-2 * float(gradient.norm())


def test_a_unit_that_is_not_near_zero_takes_no_side_that_it_is_told() -> None:
    values = torch.tensor([[1.0, -0.5, 0.0]])
    told = torch.tensor([[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 2, 1]])
    assert through_relu(values, told).tolist() == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize("values", [torch.zeros(0, 4), torch.full((2, 4), torch.nan)])
def test_what_has_no_size_has_no_units_near_zero(values: Tensor) -> None:
    assert sides_of(0, values).shape == (0, 4)


@pytest.mark.parametrize(
    "sides",
    [
        torch.tensor([[1, 0, 0, 0]]),
        torch.tensor([[0, 3, 0, 0]]),
        torch.tensor([[0, 0, 8, 0]]),
        torch.tensor([[0, 0, 0, 2]]),
        torch.tensor([[0, -1, 0, 0]]),
        torch.tensor([[0, 0, 0]]),
        torch.tensor([[0.0, 0, 0, 0]]),
        torch.tensor(0),
    ],
    ids=str,
)
def test_sides_of_units_that_are_not_there_are_refused(sides: Tensor) -> None:
    model, x = at_a_branch()
    trace, _ = recorded(model, x)
    call = next(event for event in trace.data["events"] if event["event"] == "call")
    call["sides"] = trace.store(sides)
    with pytest.raises(TraceError, match="hidden units of the discriminator that it does not have"):
        read(trace, x)
