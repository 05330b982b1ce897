"""Evidence out of forged events: each is refused with its reason or read, and what is read can be attributed."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.gan.attribution.attribute import attribute
from course_utils.gan.attribution.reading import read_evidence
from course_utils.gan.attribution.updates import explain_updates
from course_utils.gan.experiments import experiment
from course_utils.gan.record import Recorder
from course_utils.models import Model
from coursekit.trace import Trace, TraceError

SIZES: dict[str, Any] = {"number_of_hidden_layers": 1, "input_size": 6, "hidden_size": 16, "latent_size": 2}
ODD: tuple[Any, ...] = (None, -1, 2.5, 1e308, 10**30, True, "", "t0", "t99999", "nan", [], [None], [[]], {}, {"a": []})


@pytest.fixture(scope="module")
def recorded() -> tuple[Trace, Tensor]:
    """One step of an autoencoder, and its batch."""
    torch.manual_seed(0)
    model, x = Model(**SIZES), torch.rand(5, 6)
    optimizer = torch.optim.SGD([*model.encoder.parameters(), *model.generator.parameters()], lr=0.1)

    def step(data: dict[str, Tensor]) -> None:
        F.mse_loss(model.generator(model.encoder(data["x_real"])), data["x_real"]).backward()
        optimizer.step()

    recorder = Recorder(model, {"autoencoder": optimizer})
    runs = experiment(model, {"autoencoder": optimizer}, {"x_real": x}, step, recorder.trace, pure=True).records
    with recorder:
        recorder.mark(step=0)
        step({"x_real": x})
        recorder.mark(step=None)
    recorder.trace.data["experiments"] = [{"step": 0, "runs": runs}]
    return recorder.trace, x


def places(content: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside, but for entries of lists after the first."""
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in inner:
        yield (*way, key)
        if not (way and isinstance(content, list) and key):
            yield from places(value, (*way, key))


def read(trace: Trace, x: Tensor) -> None:
    explain_updates(attribute(read_evidence(Trace({"model": SIZES}), trace, [x])))


def test_the_recorded_step_is_read(recorded: tuple[Trace, Tensor]) -> None:
    read(*recorded)


@pytest.mark.parametrize("odd", [*ODD, "missing"], ids=repr)
@pytest.mark.parametrize("part", ["events", "experiments"])
def test_no_value_of_an_event_breaks_the_reading(recorded: tuple[Trace, Tensor], part: str, odd: Any) -> None:
    trace, x = recorded
    refused = 0
    for way in places(trace.data[part]):
        data = copy.deepcopy(trace.data)
        place = data[part]
        for key in way[:-1]:
            place = place[key]
        if odd == "missing":
            del place[way[-1]]
        else:
            place[way[-1]] = odd
        try:
            read(Trace(data, trace.tensors), x)
        except TraceError:
            refused += 1
    assert refused > 5
