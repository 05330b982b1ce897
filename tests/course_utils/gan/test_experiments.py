"""Experiments leave everything as it was, and differ from the step itself by what was moved alone."""

import gc
import weakref
from typing import Any

import pytest
import torch
from torch import Tensor

from course_utils.gan import experiments
from course_utils.gan.experiments import ORDER, experiment
from course_utils.gan.moves import MOVES, move_images
from course_utils.gan.record import Recorder
from course_utils.models import Model
from coursekit.trace import Trace
from tests.course_utils.gan.small_steps import adversarial, given, small_model

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def model() -> Model:
    return small_model()


@pytest.mark.parametrize("pure", [True, False])
@pytest.mark.parametrize("can_fork", [True, False])
def test_weights_optimizers_gradients_and_random_numbers_stay_as_they_were(
    model: Model, pure: bool, can_fork: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "can_fork", lambda: can_fork)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    act = adversarial(model, optimizer)
    x = torch.rand(5, 64)
    act({"x_real": x})
    before = [p.detach().clone() for p in model.parameters()], [given(p.grad).clone() for p in model.parameters()]
    moments = [optimizer.state[p]["exp_avg"].clone() for p in model.parameters()]
    random = torch.get_rng_state()
    records = experiment(model, {"all": optimizer}, {"x_real": x}, act, Trace(), pure=pure).records
    assert [record["move"] for record in records] == list(MOVES)
    assert all(torch.equal(p, old) for p, old in zip(model.parameters(), before[0], strict=True))
    assert all(torch.equal(given(p.grad), old) for p, old in zip(model.parameters(), before[1], strict=True))
    assert all(
        torch.equal(optimizer.state[p]["exp_avg"], old) for p, old in zip(model.parameters(), moments, strict=True)
    )
    assert torch.equal(torch.get_rng_state(), random)


def test_whatever_a_solution_does_every_few_runs_makes_two_equal_ones_differ() -> None:
    order = (*ORDER, None)  # the call that follows
    runs = range(len(order))
    every_few = [
        [(run - first) % period < length for run in runs]
        for period in range(2, 20)
        for length in range(1, period)
        for first in range(period)
    ]
    for other in [*every_few, *([run < last for run in runs] for last in runs)]:
        if any(other) and not all(other):
            assert any(len({other[run] for run in runs if order[run] == name}) == 2 for name in order), other


def test_only_what_was_moved_changes(model: Model) -> None:
    trace = Trace()
    act = adversarial(model, torch.optim.SGD(model.parameters(), lr=0.1))
    made = experiment(model, {}, {"x_real": torch.rand(5, 64)}, act, trace, pure=False).records
    records = {record["move"]: record["events"] for record in made}

    def inputs(move: str, module: str) -> list[str]:
        return [e["input"] for e in records[move] if e["event"] == "call" and e["module"] == module]

    scores, of_g, of_x = (inputs(move, "discriminator") for move in MOVES)
    assert scores[0] == of_g[0] != of_x[0]  # real images
    assert scores[1] == of_x[1] != of_g[1]  # samples
    latents = [inputs(move, "generator") for move in MOVES]
    assert latents[0][0] == latents[1][0] == latents[2][0]  # noise
    assert latents[0][1] == latents[1][1] != latents[2][1]  # codes


@pytest.mark.parametrize("kept", ["list", "generator"])
def test_what_a_solution_keeps_of_its_own_is_the_same_in_every_run_and_afterwards(model: Model, kept: str) -> None:
    seen: list[int] = []
    own = torch.Generator().manual_seed(3)

    def act(data: dict[str, Tensor]) -> None:
        seen.append(len(seen))
        z = torch.randn(2, 3, generator=own) if kept == "generator" else torch.full((2, 3), float(len(seen)))
        model.discriminator(model.generator(z)).log().mean().backward()

    records = experiment(model, {}, {"x_real": torch.rand(2, 64)}, act, Trace(), pure=False).records
    latents = {event["input"] for r in records for event in r["events"] if event.get("module") == "generator"}
    assert len(records) == 3
    assert len(latents) == 1
    assert seen == []


@pytest.mark.parametrize("pure", [True, False])
@pytest.mark.parametrize(
    "kept", ["every call", "every third", "every fifth", "two in turn", "three in turn", "four in turn"]
)
def test_runs_are_alike_though_something_changes_from_call_to_call(model: Model, kept: str, pure: bool) -> None:
    seen = [0]

    def act(data: dict[str, Tensor]) -> None:
        seen[0] += 1
        every = {"every third": 3, "every fifth": 5}.get(kept, 1)
        in_turn = {"two in turn": 2, "three in turn": 3, "four in turn": 4}.get(kept, 1000)
        z = torch.full((2, 3), float(seen[0] // every % in_turn))
        model.discriminator(model.generator(z)).log().mean().backward()

    moved = experiment(model, {}, {"x_real": torch.rand(2, 64)}, act, Trace(), pure=pure)
    latents = {event["input"] for r in moved.records for event in r["events"] if event.get("module") == "generator"}
    assert len(moved.records) == 3
    assert len(latents) == 1
    assert moved.still is None  # each run was taken in a copy of its own


@pytest.mark.parametrize("every", [4, 5, 7])
def test_what_another_call_does_differently_is_no_effect_of_a_move(model: Model, every: int) -> None:
    for first in range(every):
        seen = [first]

        def act(data: dict[str, Tensor], seen: list[int] = seen) -> None:
            seen[0] += 1
            model.discriminator(torch.full((2, 64), float(seen[0] % every == 0))).log().mean().backward()

        trace = Trace()
        moved = experiment(model, {}, {"x_real": torch.rand(2, 64)}, act, trace, pure=True)
        with Recorder(model, trace=trace, flow_only=True) as recorder:
            act({})
        seen_in = {event["input"] for r in moved.records for event in r["events"] if event["event"] == "call"}
        assert len(moved.records) == 3
        assert seen_in == {event["input"] for event in recorder.events if event["event"] == "call"}


@pytest.mark.parametrize(("above", "share"), [(-0.05, 0.1), (-0.5, 1.0)])
@pytest.mark.parametrize("pure", [True, False])
def test_a_step_that_branches_within_the_moves_is_moved_less(
    model: Model, above: float, share: float, pure: bool
) -> None:
    x = torch.rand(5, 64)
    threshold = model.discriminator.net[:-1](x).mean().item() + above

    def act(data: dict[str, Tensor]) -> None:
        logits = model.discriminator.net[:-1](data["x_real"])
        if logits.mean().item() > threshold:
            model.discriminator(model.generator(torch.ones(5, 3))).log().mean().backward()

    records = experiment(model, {}, {"x_real": x}, act, Trace(), pure=pure).records
    assert [(record["move"], record["share"]) for record in records] == [(move, share) for move in MOVES]
    assert [len(record["events"]) for record in records] == [5, 5, 5]  # three calls, two gradients


def test_what_changes_after_the_runs_is_seen(model: Model) -> None:
    seen, runs = [0], len(ORDER)

    def act(data: dict[str, Tensor]) -> None:
        seen[0] += 1
        model.discriminator(torch.full((2, 64), float(seen[0] > runs))).log().mean().backward()

    def once_more() -> list[dict[str, Any]]:
        with Recorder(model, trace=trace) as recorder:
            act({})
        return recorder.events

    trace = Trace()
    moved = experiment(model, {}, {}, act, trace, pure=True)
    assert not moved.are_alike(once_more())
    assert experiment(model, {}, {}, act, trace, pure=True).are_alike(once_more())


def test_a_gradient_that_is_differentiated_is_not_muted(model: Model) -> None:
    def act(data: dict[str, Tensor]) -> None:
        x = data["x_real"].requires_grad_()
        (gradient,) = torch.autograd.grad(model.discriminator(x).sum(), x, create_graph=True)
        gradient.square().sum().backward()

    records = experiment(model, {}, {"x_real": torch.rand(2, 64)}, act, Trace(), pure=False).records
    assert all(len([e for e in r["events"] if e["event"] == "gradient"]) > 1 for r in records)


@pytest.mark.parametrize("pixels", [784, 196, 30])
def test_each_image_moves_by_a_pattern_of_its_own_and_stays_an_image(pixels: int) -> None:
    images = torch.rand(20, pixels, generator=torch.Generator().manual_seed(0))
    moved = move_images(images, 0.2)
    assert float(moved.min()) >= 0
    assert float(moved.max()) <= 1
    assert all(bool((moved[i] != images[i]).any()) for i in range(20))


def test_what_was_recorded_is_freed_without_the_garbage_collector(model: Model) -> None:
    gc.disable()
    try:
        recorder = Recorder(model)
        with recorder:
            adversarial(model, torch.optim.SGD(model.parameters(), lr=0.1))({"x_real": torch.rand(4, 64)})
        assert len(recorder.events) > 4
        gone = weakref.ref(recorder)
        del recorder
        assert gone() is None
    finally:
        gc.enable()
