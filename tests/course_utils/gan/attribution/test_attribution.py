"""Attribution over all sizes: what drove each module is found, whatever the batch, latent and hidden sizes."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from course_utils.gan.attribution.attribute import attribute
from course_utils.gan.attribution.evidence import Evidence
from course_utils.gan.attribution.reading import read_evidence
from course_utils.gan.attribution.updates import Movement, explain_updates
from course_utils.gan.experiments import experiment
from course_utils.gan.record import Recorder
from course_utils.models import Model
from coursekit.trace import Trace

sizes = st.fixed_dictionaries(
    {
        "number_of_hidden_layers": st.integers(0, 2),
        "input_size": st.integers(6, 40),
        "hidden_size": st.integers(16, 32),  # in narrower layers all units may be dead
        "latent_size": st.integers(3, 8),  # as in the probes; in one number an image and a z can be alike by chance
    }
)
Step = Callable[[Model, Tensor, dict[str, torch.optim.Optimizer]], None]


def record(sizes: dict[str, Any], batch: int, step: Step, *, moved_rows: bool = False) -> Evidence:
    """Two steps; with `moved_rows` the images of the second are those of the first, each in the row below."""
    random = torch.Generator().manual_seed(5)
    torch.manual_seed(5)
    model = Model(**sizes)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)
    optimizers: dict[str, torch.optim.Optimizer] = {
        "d": torch.optim.SGD(model.discriminator.parameters(), lr=1e-3),
        "g": torch.optim.SGD(model.generator.parameters(), lr=1e-3),
        "ae": torch.optim.SGD([*model.encoder.parameters(), *model.generator.parameters()], lr=1e-3),
    }
    batches = [torch.rand(batch, sizes["input_size"], generator=random) for _ in range(2)]
    if moved_rows:
        batches[1] = batches[0].roll(1, dims=0)
    experiments = []
    with Recorder(model, optimizers) as recorder:
        for number, x in enumerate(batches):
            with recorder.paused():
                runs = experiment(
                    model,
                    optimizers,
                    {"x_real": x},
                    lambda data: step(model, data["x_real"], optimizers),
                    recorder.trace,
                    pure=True,
                ).records
            experiments.append({"step": number, "runs": runs})
            recorder.mark(step=number)
            step(model, x, optimizers)
        recorder.mark(step=None)
    recorder.trace.data["experiments"] = experiments
    return read_evidence(Trace({"model": sizes}), recorder.trace, batches)


def movements(evidence: Evidence) -> tuple[Movement, ...]:
    return explain_updates(attribute(evidence))


def play(model: Model, x: Tensor, o: dict[str, torch.optim.Optimizer], *, detach: bool, zero: bool) -> None:
    """One step as in a textbook, or with one of its two classical mistakes."""
    z = torch.randn(len(x), model.latent_size)
    for optimizer in o.values():
        if zero:
            optimizer.zero_grad()
    fakes = model.generator(z)
    real, fake = model.discriminator(x), model.discriminator(fakes.detach() if detach else fakes)
    (
        F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))
    ).backward()
    o["d"].step()
    fake = model.discriminator(model.generator(z))
    F.binary_cross_entropy(fake, torch.ones_like(fake)).backward()
    o["g"].step()
    if zero:
        o["ae"].zero_grad()
    F.mse_loss(model.generator(model.encoder(x)), x).backward()
    o["ae"].step()


@settings(deadline=None, max_examples=40)
@given(sizes, st.integers(1, 20))
def test_each_update_is_explained_by_its_own_losses(sizes: dict[str, Any], batch: int) -> None:
    found = movements(record(sizes, batch, lambda m, x, o: play(m, x, o, detach=True, zero=True)))
    assert len(found) == 8
    allowed = {
        ("discriminator", "d"): {"real up", "sample down"},
        ("generator", "g"): {"sample up"},
        ("generator", "ae"): {"error"},
        ("encoder", "ae"): {"error"},
    }
    for movement in found:
        assert movement.drivers is not None, movement.why_not
        assert movement.losses() <= allowed[movement.module, movement.update.optimizer or ""]
        assert not any(driver.leftover for driver in movement.drivers)
        assert abs(sum(driver.share for driver in movement.drivers) - 1) < 1e-9


def test_an_image_of_two_batches_is_compared_with_itself_though_its_code_is_the_same_in_both_steps() -> None:
    def step(model: Model, x: Tensor, o: dict[str, torch.optim.Optimizer]) -> None:
        o["ae"].zero_grad()
        F.mse_loss(model.generator(model.encoder(x)), x).backward()
        o["ae"].step()
        model.encoder(x)  # with the weights that the next step begins with

    sizes = {"number_of_hidden_layers": 1, "input_size": 30, "hidden_size": 16, "latent_size": 4}
    found = movements(record(sizes, 6, step, moved_rows=True))
    assert [movement.losses() for movement in found] == [{"error"}] * 4


@settings(deadline=None, max_examples=20)
@given(sizes, st.integers(2, 20))
def test_fakes_that_are_not_detached_show_in_the_generator(sizes: dict[str, Any], batch: int) -> None:
    found = movements(record(sizes, batch, lambda m, x, o: play(m, x, o, detach=False, zero=True)))
    (first, *_) = [m for m in found if m.module == "generator" and m.update.optimizer == "g"]
    assert first.losses() == {"sample up", "sample down"}


@settings(deadline=None, max_examples=20)
@given(sizes, st.integers(2, 20))
def test_gradients_that_were_not_zeroed_are_called_left_over(sizes: dict[str, Any], batch: int) -> None:
    found = movements(record(sizes, batch, lambda m, x, o: play(m, x, o, detach=True, zero=False)))
    for module in ("encoder", "generator", "discriminator"):
        last = [m for m in found if m.module == module][-1]
        assert last.drivers is not None
        assert any(driver.leftover for driver in last.drivers)


def test_recorded_gradients_agree_with_autograd() -> None:
    """The recomputed gradient of every module is what autograd put into `.grad`, to float32 precision."""
    sizes = {"number_of_hidden_layers": 2, "input_size": 30, "hidden_size": 9, "latent_size": 4}
    evidence = record(sizes, 11, lambda m, x, o: play(m, x, o, detach=True, zero=True))
    attribution = attribute(evidence)
    for movement in explain_updates(attribution):
        expected = sum(
            (attribution.parameter_gradient(driver.part) for driver in movement.drivers or ()),
            torch.zeros(evidence.replay.parameter_count(movement.module), dtype=torch.float64),
        )
        applied = movement.update.applied[movement.module].gradient
        assert float((applied - expected).norm()) < 1e-5 * float(applied.norm())


def test_nothing_is_recorded_outside_the_block() -> None:
    model = Model(1, 12, 5, 3)
    with Recorder(model) as recorder:
        loss = model.discriminator(torch.rand(2, 12)).mean()
    events = len(recorder.trace.data["events"])
    loss.backward()
    model.encoder(torch.rand(2, 12))
    assert len(recorder.trace.data["events"]) == events == 1
