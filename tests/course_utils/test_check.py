"""The visible checks: instant feedback on a student's machine, recording only when the autograder asks for it."""

import tempfile
from pathlib import Path
from types import ModuleType

import pytest
import torch
import torch.nn.functional as F

from autograder.selftest import load_solution
from course_utils import check
from course_utils.gan.practice import practice_probes
from coursekit.boxes import INBOX, OUTBOX

SOLUTIONS = Path(__file__).parents[2] / "solutions" / "hw2"


@pytest.fixture
def right():  # type: ignore[no-untyped-def]
    return load_solution(SOLUTIONS / "right" / "three_adams.py")


def not_written(*_: object) -> None:
    raise NotImplementedError


def test_feedback_on_a_right_solution_has_no_complaint(right, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    check.optimizers(right.configure_optimizers)
    check.losses(right.discriminator_loss, right.generator_loss, right.autoencoder_loss)
    check.train_step(right.train_step, right.configure_optimizers)
    check.convergence(right.train_step, right.configure_optimizers)
    said = capsys.readouterr().out
    assert "✗" not in said
    assert said.count(" right, 0 need work.") == 4  # each cell ends by summing up


def test_checks_leave_no_file_behind(right, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    check.optimizers(right.configure_optimizers)
    check.optimizers(not_written)
    assert check.gradient_map(right.train_step, right.configure_optimizers) is not None
    assert not list(tmp_path.iterdir())


def test_unfinished_functions_are_told_kindly(capsys: pytest.CaptureFixture[str]) -> None:
    check.optimizers(not_written)
    check.losses(not_written, not_written, not_written)
    check.train_step(not_written, not_written)
    check.convergence(not_written, not_written)
    assert check.gradient_map(not_written, not_written) is None
    said = capsys.readouterr().out
    assert said.count("is not written yet") == 6  # one each, three for the losses
    assert "Traceback" not in said


def test_loss_that_is_no_scalar_is_told_with_both_shapes(right, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    def per_image(model, x_real):  # type: ignore[no-untyped-def]
        return F.mse_loss(model.generator(model.encoder(x_real)), x_real, reduction="none").mean(1)

    check.losses(right.discriminator_loss, right.generator_loss, per_image)
    assert "shape (10,) for 10 images, expected ()" in capsys.readouterr().out


def test_an_error_is_told_with_the_students_line_and_what_it_means(right, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    def called_as_a_whole(model, x_real):  # type: ignore[no-untyped-def]
        return F.mse_loss(model(x_real), x_real)

    check.losses(right.discriminator_loss, lambda model, z: model.generator(z).mean().item().mean(), called_as_a_whole)
    said = capsys.readouterr().out
    assert "(at: `return F.mse_loss(model(x_real), x_real)`). Model itself cannot be called" in said
    assert "A plain number has no graph behind it." in said


def test_changed_batch_and_idle_module_are_told(right, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    def step(model, x_real, optimizers):  # type: ignore[no-untyped-def]
        x_real.mul_(0.5)
        loss = right.autoencoder_loss(model, x_real)
        return {"discriminator": loss, "generator": loss, "autoencoder": loss}

    check.train_step(step, right.configure_optimizers)
    said = capsys.readouterr().out
    assert "changed in place" in said
    assert "Not updated in 5 steps: encoder, generator, discriminator" in said


def test_recording_writes_a_trace_for_each_probe_of_its_kind_and_prints_nothing(
    right: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for kind in ("optimizers", "losses", "train_step"):
        for number, probe in enumerate(practice_probes(kind)):
            probe.write(tmp_path / "inbox" / f"{kind}-{number}")
    monkeypatch.setenv(INBOX, str(tmp_path / "inbox"))
    monkeypatch.setenv(OUTBOX, str(tmp_path / "outbox"))
    check.losses(right.discriminator_loss, right.generator_loss, right.autoencoder_loss)
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == ["losses-0", "losses-1", "losses-2"]
    check.train_step(right.train_step, right.configure_optimizers)
    recorded = {str(path.relative_to(tmp_path / "outbox")) for path in (tmp_path / "outbox").rglob("*.json")}
    assert "losses-0/generator/trace.json" in recorded
    assert "train_step-1/trace.json" in recorded
    assert capsys.readouterr().out == ""


def test_gradient_map_hatches_what_must_not_be(right) -> None:  # type: ignore[no-untyped-def]
    leaky = load_solution(SOLUTIONS / "wrong" / "fakes_not_detached.py")
    clean = check.gradient_map(right.train_step, right.configure_optimizers)
    leaking = check.gradient_map(leaky.train_step, leaky.configure_optimizers)
    assert clean is not None
    assert leaking is not None
    marks = [
        [text.get_text() for text in figure.axes[0].texts if "✗" in text.get_text()] for figure in (clean, leaking)
    ]
    assert marks[0] == []
    assert len(marks[1]) >= 1


def test_practice_does_not_touch_the_random_state_of_the_notebook() -> None:
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    practice_probes("losses")
    assert torch.equal(torch.random.get_rng_state(), before)
