"""Experiments leave everything as it was, and differ from the step itself by what was moved alone."""

import gc
import time
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.gan import experiments
from course_utils.gan.experiments import ORDER, Moved, experiment, experiments_ahead
from course_utils.gan.moves import MOVES, move_images
from course_utils.gan.record import Recorder
from course_utils.gan.runs import state_of
from course_utils.models import Model
from coursekit.trace import Trace

SIZES: dict[str, Any] = {"number_of_hidden_layers": 1, "input_size": 64, "hidden_size": 8, "latent_size": 3}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def model() -> Model:
    torch.manual_seed(1)
    return Model(**SIZES)


def given(gradient: Tensor | None) -> Tensor:
    assert gradient is not None
    return gradient


def adversarial(model: Model, optimizer: torch.optim.Optimizer) -> Callable[[dict[str, Tensor]], Any]:
    def act(data: dict[str, Tensor]) -> Tensor:
        z = torch.randn(len(data["x_real"]), model.latent_size)
        p, q = model.discriminator(data["x_real"]), model.discriminator(model.generator(z))
        loss = F.binary_cross_entropy(p, torch.ones_like(p)) + F.binary_cross_entropy(q, torch.zeros_like(q))
        loss = loss + F.mse_loss(model.generator(model.encoder(data["x_real"])), data["x_real"])
        loss.backward()
        optimizer.step()
        return loss

    return act


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


def steps_of(model: Model, count: int) -> dict[int, dict[str, Tensor]]:
    random = torch.Generator().manual_seed(2)
    return {number: {"x_real": torch.rand(5, 64, generator=random)} for number in range(3, 3 + count)}


def test_one_copy_makes_the_experiments_of_all_steps_as_one_copy_for_each_would(model: Model) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    act, steps, trace = adversarial(model, optimizer), steps_of(model, 4), Trace()
    before = [p.detach().clone() for p in model.parameters()]
    ahead = experiments_ahead(model, {"all": optimizer}, steps, (3, 5, 6), act, trace)
    assert all(torch.equal(p, old) for p, old in zip(model.parameters(), before, strict=True))
    assert not optimizer.state
    assert list(ahead) == [3, 5, 6]
    with Recorder(model, trace=trace) as recorder:
        for number, given in steps.items():
            if number in ahead:
                with recorder.paused():
                    one = experiment(model, {"all": optimizer}, given, act, trace, pure=False)
                assert ahead[number].records == one.records
            begin = len(recorder.events)
            act(given)
            assert number not in ahead or ahead[number].are_alike(recorder.events[begin:])


def counting(model: Model, value: Callable[[int], float]) -> Callable[[dict[str, Tensor]], None]:
    """A step on what depends on how many of its kind were taken before, with the first one's number 0."""
    seen = [-1]

    def act(data: dict[str, Tensor]) -> None:
        seen[0] += 1
        model.discriminator(torch.full((2, 64), value(seen[0]))).log().mean().backward()

    return act


def test_experiments_ahead_end_where_a_solution_counts_its_steps(model: Model) -> None:
    steps = steps_of(model, 4)
    every_step = experiments_ahead(model, {}, steps, tuple(steps), counting(model, float), Trace())
    assert every_step == {}
    late = counting(model, lambda step: float(step > 2 * len(ORDER)))  # in the second step of the copy, with its runs
    assert list(experiments_ahead(model, {}, steps, tuple(steps), late, Trace())) == [3]


def test_a_step_that_the_copy_has_come_to_by_another_way_is_told(model: Model) -> None:
    steps, trace = steps_of(model, 3), Trace()
    act = counting(
        model, lambda step: float(step > len(ORDER))
    )  # what was 0 in the first step is 1 in the copy's second
    ahead = experiments_ahead(model, {}, steps, tuple(steps), act, trace)
    assert list(ahead) == [3, 4, 5]
    alike = []
    with Recorder(model, trace=trace) as recorder:
        for number, given in steps.items():
            begin = len(recorder.events)
            act(given)
            alike.append(ahead[number].are_alike(recorder.events[begin:]))
    assert alike == [True, False, False]


def test_the_state_is_another_one_where_anything_that_is_put_back_is(model: Model) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    adversarial(model, optimizer)({"x_real": torch.rand(5, 64)})
    first = next(model.parameters())
    states = [state_of(model, {"all": optimizer})]
    assert states == [state_of(model, {"all": optimizer})]
    changes: list[Callable[[], Any]] = [
        lambda: optimizer.param_groups[0].update(lr=0.02),
        lambda: optimizer.state[first]["exp_avg"].add_(1.0),
        lambda: given(first.grad).mul_(2.0),
        lambda: first.data.mul_(2.0),
        lambda: torch.rand(1),
        lambda: setattr(first, "grad", given(first.grad).to_sparse()),
        lambda: optimizer.state[first].update(exp_avg=torch.zeros(3, dtype=torch.bfloat16)),
    ]
    for change in changes:
        change()
        states.append(state_of(model, {"all": optimizer}))
    # A sparse gradient is the same one.
    assert states[5] == states[6]
    assert len({*states}) == len(changes)


def test_a_learning_rate_that_changes_in_each_run_is_another_state_in_the_next_step(model: Model) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5**step)
    step = adversarial(model, optimizer)

    def act(data: dict[str, Tensor]) -> None:
        step(data)
        scheduler.step()

    steps = steps_of(model, 2)
    ahead = experiments_ahead(model, {"all": optimizer}, steps, tuple(steps), act, Trace())
    assert ahead[3].state == state_of(model, {"all": optimizer})
    act(dict(steps[3]))
    assert ahead[4].state not in ("", state_of(model, {"all": optimizer}))


def test_there_are_no_experiments_where_a_step_waits_and_none_ahead_where_it_cannot_be_copied(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "PATIENCE", 0.2)
    steps = steps_of(model, 2)
    waiting = experiments_ahead(model, {}, steps, tuple(steps), lambda data: time.sleep(60), Trace())
    assert waiting == {3: Moved([]), 4: Moved([])}
    monkeypatch.setattr(experiments, "can_fork", lambda: False)
    assert experiments_ahead(model, {}, steps, tuple(steps), lambda data: None, Trace()) == {}


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
