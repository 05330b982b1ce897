"""The epoch loop: what it calls, logs, refuses and leaves behind."""

import random
import re
from collections import OrderedDict, UserDict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.optim import Optimizer

from course_utils.models import Model
from course_utils.training import format_log_line, read_losses, seed_everything, train
from tests.course_utils.small_runs import PIXELS, logged_epochs, run, small_loader, small_model


@pytest.fixture(autouse=True)
def no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_MAX_EPOCHS", raising=False)
    monkeypatch.delenv("COURSE_MAX_STEPS_PER_EPOCH", raising=False)


def test_log_line_is_that_of_the_course() -> None:
    losses = {"autoencoder": 0.1375, "generator": 4.5621, "discriminator": 0.1602}
    expected = "Epoch:    1 AE Loss: 0.1375 Gen Loss: 4.5621 Dis Loss: 0.1602 Total: 4.8598"
    assert format_log_line(1, losses) == expected
    assert format_log_line(80, losses).startswith("Epoch:   80 AE Loss: ")


@pytest.mark.parametrize(
    ("num_epochs", "expected"),
    [
        (1, [1]),
        (3, [1, 2, 3]),
        (20, [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]),
        (80, [1, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80]),
    ],
)
def test_first_epoch_and_every_tenth_of_the_run_are_logged(
    num_epochs: int, expected: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    run(num_epochs, progress=False)
    captured = capsys.readouterr()
    assert logged_epochs(captured.out) == expected
    assert len(captured.out.splitlines()) == len(expected)
    assert captured.err == ""


def test_progress_bar_and_log_lines_share_stdout_and_leave_stderr_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(2, progress=True)
    captured = capsys.readouterr()
    assert "step/s" in captured.out
    assert len(re.findall(r"Epoch: +\d+ AE Loss: .* Total: \d+\.\d{4}\n", captured.out)) == 2
    assert captured.err == ""


def test_every_step_gets_a_flat_batch_of_the_loader() -> None:
    shapes = []

    def step(model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, float]:
        shapes.append(tuple(x_real.shape))
        assert x_real.min() >= 0
        assert x_real.max() <= 1
        return {"discriminator": 1.0, "generator": 1.0, "autoencoder": 1.0}

    train(small_model(), step, {}, small_loader(10, 4), num_epochs=2, progress=False)
    assert shapes == [(4, PIXELS), (4, PIXELS), (2, PIXELS)] * 2


def test_history_holds_the_mean_losses_and_the_samples_of_each_epoch() -> None:
    counted = iter(range(100))

    def step(model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, Tensor | float]:
        i = float(next(counted))
        return {"discriminator": i, "generator": torch.tensor(2 * i), "autoencoder": torch.tensor([3 * i])}

    history = train(small_model(), step, {}, small_loader(), num_epochs=2, num_samples=5, progress=False)
    assert history.losses == {
        "discriminator": [1.0, 4.0],
        "generator": [2.0, 8.0],
        "autoencoder": [3.0, 12.0],
    }
    assert history.samples.shape == (3, 5, PIXELS)
    assert history.samples.dtype == torch.uint8
    assert torch.equal(history.samples[0], history.samples[2])  # nothing was trained
    assert history.seconds > 0


def test_training_lowers_the_loss_and_changes_the_samples() -> None:
    _, history = run(20, progress=False)
    assert history.losses["autoencoder"][-1] < history.losses["autoencoder"][0]
    assert not torch.equal(history.samples[0], history.samples[-1])


def test_losses_are_cut_from_their_graph_and_from_later_changes() -> None:
    total = torch.ones((), requires_grad=True) * 2
    losses = read_losses({"discriminator": total, "generator": np.float32(1), "autoencoder": 0})
    with torch.no_grad():
        total.add_(5)
    assert losses == {"discriminator": torch.tensor(2.0), "generator": 1.0, "autoencoder": 0.0}
    assert isinstance(losses["discriminator"], Tensor)
    assert not losses["discriminator"].requires_grad


@pytest.mark.parametrize("number", [np.float32(2), np.array(2.0), np.array([2.0]), Fraction(2), Decimal(2), True + 1])
@pytest.mark.parametrize("kind", [dict, OrderedDict, UserDict, MappingProxyType])
def test_losses_may_be_any_numbers_in_any_mapping(number: object, kind: type) -> None:
    returned = kind({"discriminator": number, "generator": number, "autoencoder": number, ("more", 0): "text"})
    assert read_losses(returned) == {"discriminator": 2.0, "generator": 2.0, "autoencoder": 2.0}


def test_a_run_is_repeated_exactly_after_seeding() -> None:
    first_model, first = run(3, progress=False)
    again_model, again = run(3, progress=False)
    assert first.losses == again.losses
    assert torch.equal(first.samples, again.samples)
    for one, other in zip(first_model.parameters(), again_model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_loop_takes_nothing_from_the_global_generator() -> None:
    model = small_model()
    state = torch.get_rng_state()
    losses = {"discriminator": 1.0, "generator": 1.0, "autoencoder": 1.0}
    train(model, lambda *_: losses, {}, small_loader(), num_epochs=2, progress=False)
    assert torch.equal(torch.get_rng_state(), state)


def test_seed_everything_seeds_all_three_generators() -> None:
    draws = []
    for _ in range(2):
        seed_everything(3)
        draws.append((random.random(), np.random.rand(), torch.rand(()).item()))
    assert draws[0] == draws[1]


def test_the_mode_of_the_model_is_kept_while_samples_are_drawn() -> None:
    model = small_model()
    modes = []

    def step(model: Model, x_real: Tensor, optimizers: dict[str, Optimizer]) -> dict[str, float]:
        modes.append(model.training)
        return {"discriminator": 1.0, "generator": 1.0, "autoencoder": 1.0}

    train(model, step, {}, small_loader(), num_epochs=2, progress=False)
    assert all(modes)


@pytest.mark.parametrize(
    ("returned", "error", "complaint"),
    [
        (None, TypeError, r"must return a dict: got None \(is the return statement missing\?\)"),
        ((1.0, 2.0, 3.0), TypeError, "must return a dict: got tuple, expected"),
        ({}, ValueError, 'lacks "discriminator": got an empty dict'),
        (
            {"discriminator": 1.0, "generator": 1.0, "ae": 1.0},
            ValueError,
            'lacks "autoencoder": got "discriminator", "generator", "ae"',
        ),
        (
            {"discriminator": torch.ones(64, 1), "generator": 1.0, "autoencoder": 1.0},
            ValueError,
            r'"discriminator" .*right shape: got \(64, 1\), expected \(\)',
        ),
        (
            {"discriminator": 1.0, "generator": "1.0", "autoencoder": 1.0},
            TypeError,
            '"generator" .*right type: got str, expected a scalar tensor',
        ),
    ],
)
def test_a_step_that_does_not_return_its_losses_is_told_what_it_returned(
    returned: object, error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        train(small_model(), lambda *_: returned, {}, small_loader(), 1, progress=False)  # type: ignore[arg-type]


def test_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(ValueError, match="Nothing to train on: 0 epochs of 3 steps"):
        run(0)


def test_losses_and_samples_are_logged_for_tensorboard(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    _, history = run(3, log_dir=tmp_path / "log", progress=False)
    events = EventAccumulator(str(tmp_path / "log"))
    events.Reload()
    logged = [event.value for event in events.Scalars("loss/autoencoder")]
    assert logged == pytest.approx(history.losses["autoencoder"])
    assert [event.step for event in events.Images("samples")] == [1, 2, 3]


def test_a_log_folder_that_cannot_be_written_costs_the_log_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    _, history = run(1, log_dir=tmp_path / "file" / "log", progress=False)
    assert len(history.losses["generator"]) == 1
    assert capsys.readouterr().out.startswith(f"No TensorBoard log: {tmp_path / 'file' / 'log'} cannot be written")
