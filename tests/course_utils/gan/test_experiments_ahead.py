"""One copy of the process makes the experiments of all steps, as far as it comes to them as the process itself does."""

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from checks.gan.probes import step_probe
from course_utils.gan import experiments
from course_utils.gan import probe as probes
from course_utils.gan.described import Functions
from course_utils.gan.experiments import ORDER, Moved, experiment, experiments_ahead
from course_utils.gan.probe import run_probe
from course_utils.gan.record import Recorder
from course_utils.models import Model
from coursekit.trace import Trace, read_trace
from tests.course_utils.gan.small_steps import adversarial, small_model

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def model() -> Model:
    return small_model()


def steps_of(count: int) -> dict[int, dict[str, Tensor]]:
    random = torch.Generator().manual_seed(2)
    return {number: {"x_real": torch.rand(5, 64, generator=random)} for number in range(3, 3 + count)}


def test_one_copy_makes_the_experiments_of_all_steps_as_one_copy_for_each_would(model: Model) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    act, steps, trace = adversarial(model, optimizer), steps_of(4), Trace()
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
            act(given)


def counting(model: Model, value: Callable[[int], float]) -> Callable[[dict[str, Tensor]], None]:
    """A step on what depends on how many of its kind were taken before, with the first one's number 0."""
    seen = [-1]

    def act(data: dict[str, Tensor]) -> None:
        seen[0] += 1
        model.discriminator(torch.full((2, 64), value(seen[0]))).log().mean().backward()

    return act


def test_experiments_ahead_end_where_a_solution_counts_its_steps(model: Model) -> None:
    steps = steps_of(4)
    every_step = experiments_ahead(model, {}, steps, tuple(steps), counting(model, float), Trace())
    assert every_step == {}
    late = counting(model, lambda step: float(step > 2 * len(ORDER)))  # in the second step of the copy, with its runs
    assert list(experiments_ahead(model, {}, steps, tuple(steps), late, Trace())) == [3]


@pytest.mark.parametrize("first", range(1, len(ORDER) + 1))
def test_a_solution_that_changes_within_the_runs_is_moved_no_less_in_the_same_copy(model: Model, first: int) -> None:
    act = counting(model, lambda step: float(step >= first))
    assert experiments_ahead(model, {}, steps_of(2), (3, 4), act, Trace()) == {}


def test_what_a_copy_has_no_time_for_is_left_to_others(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments, "ENOUGH", 0.0)
    act = adversarial(model, torch.optim.SGD(model.parameters(), lr=0.1))
    assert list(experiments_ahead(model, {}, steps_of(3), (3, 5), act, Trace())) == [3]
    monkeypatch.setattr(experiments, "ENOUGH", 60.0)
    assert list(experiments_ahead(model, {}, steps_of(3), (3, 5), act, Trace())) == [3, 5]


def test_a_step_that_the_copy_comes_to_by_another_way_is_left_out(model: Model) -> None:
    steps = steps_of(3)
    act = counting(model, lambda step: float(step > len(ORDER)))  # 0 in this process, 1 in the copy's second step
    assert list(experiments_ahead(model, {}, steps, tuple(steps), act, Trace())) == [3]


def test_there_are_no_experiments_where_a_step_waits_and_none_ahead_where_it_cannot_be_copied(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "PATIENCE", 0.2)
    steps = steps_of(2)
    waiting = experiments_ahead(model, {}, steps, tuple(steps), lambda data: time.sleep(60), Trace())
    assert waiting == {3: Moved([]), 4: Moved([])}
    monkeypatch.setattr(experiments, "can_fork", lambda: False)
    assert experiments_ahead(model, {}, steps, tuple(steps), lambda data: None, Trace()) == {}


KEPT: dict[str, Callable[[int], float]] = {  # the label of real images, by how many steps were taken before
    "nothing": lambda step: 1.0,
    "each step": lambda step: 1 - step / 100,
    "every ninth": lambda step: 0.9 if step % 9 == 0 else 1.0,
    "from the fifth on": lambda step: 0.9 if step > 4 else 1.0,
    "from the copy's second step on": lambda step: 0.9 if step >= 3 + len(ORDER) + 1 else 1.0,
}


def trained_with(label: Callable[[int], float], scheduled: bool) -> Functions:
    steps = count()
    schedulers: list[torch.optim.lr_scheduler.LambdaLR] = []

    def configure_optimizers(model: Model, lr: float) -> dict[str, torch.optim.Optimizer]:
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        schedulers.append(torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 20)))
        return {"all": optimizer}

    def train_step(model: Model, x_real: Tensor, optimizers: dict[str, torch.optim.Optimizer]) -> dict[str, float]:
        p = model.discriminator(x_real)
        loss = F.binary_cross_entropy(p, torch.full_like(p, label(next(steps))))
        loss = loss + F.mse_loss(model.generator(model.encoder(x_real)), x_real)
        optimizers["all"].zero_grad()
        loss.backward()
        optimizers["all"].step()
        if scheduled:
            schedulers[-1].step()
        return {"loss": loss.item()}

    return {"configure_optimizers": configure_optimizers, "train_step": train_step}


def recorded(probe: Trace, functions: Functions, folder: Path) -> Any:
    """What a probe recorded, with tensors for their names, which go by the order of recording."""
    run_probe(probe, functions, folder)
    trace = read_trace(folder)

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shown(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [shown(entry) for entry in value]
        return trace.tensors[value].tolist() if isinstance(value, str) and value in trace.tensors else value

    return shown({"experiments": trace.data["experiments"], "events": trace.data["events"]})


@pytest.mark.parametrize("scheduled", [False, True])
@pytest.mark.parametrize("kept", KEPT)
def test_a_probe_records_the_same_whether_one_copy_makes_its_experiments_or_each_run_has_its_own(
    kept: str, scheduled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {"number_of_hidden_layers": 1, "input_size": 196, "hidden_size": 8, "latent_size": 3}
    probe = step_probe(sizes, 5, 8, 1e-3, torch.Generator().manual_seed(4))
    ahead = recorded(probe, trained_with(KEPT[kept], scheduled), tmp_path / "ahead")
    monkeypatch.setattr(probes, "experiments_ahead", lambda *_: {})
    alone = recorded(probe, trained_with(KEPT[kept], scheduled), tmp_path / "alone")
    assert [len(made["runs"]) for made in alone["experiments"]] == [3] * 5
    assert ahead == alone
