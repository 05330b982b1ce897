"""Reading a gradient at D's logits: the label, the weight and the form of the loss behind it."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.attribution.scores import read_scores


def gradient_of(loss, logits: torch.Tensor) -> torch.Tensor:  # type: ignore[no-untyped-def]
    leaf = logits.clone().requires_grad_()
    return torch.autograd.grad(loss(leaf.sigmoid()), leaf)[0]


def some_logits(rows: int, seed: int) -> torch.Tensor:
    return 1.2 * torch.randn(rows, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(deadline=None)
@given(st.integers(5, 64), st.integers(0, 999), st.floats(0, 1), st.floats(0.01, 100))
def test_label_and_weight_of_cross_entropy_are_read(rows: int, seed: int, label: float, weight: float) -> None:
    logits = some_logits(rows, seed)
    target = torch.full_like(logits, label)
    reading = read_scores(logits, gradient_of(lambda p: weight * F.binary_cross_entropy(p, target), logits))
    assert reading.form == "bce"
    assert reading.label == pytest.approx(label, abs=1e-6)
    assert reading.weight == pytest.approx(weight, rel=1e-6)


@settings(deadline=None)
@given(st.integers(5, 64), st.integers(0, 999))
def test_saturating_loss_drives_scores_up(rows: int, seed: int) -> None:
    logits = some_logits(rows, seed)
    reading = read_scores(logits, gradient_of(lambda p: (1 - p).log().mean(), logits))
    assert (reading.form, reading.direction) == ("saturating", "up")


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_second_sigmoid_is_recognized(label: float) -> None:
    logits = some_logits(16, 3)
    target = torch.full_like(logits, label)
    reading = read_scores(logits, gradient_of(lambda p: F.binary_cross_entropy_with_logits(p, target), logits))
    assert reading.form == "double sigmoid"
    assert reading.direction == ("up" if label else "down")


@pytest.mark.parametrize(
    "loss",
    [
        lambda p: (p - 1).square().mean(),
        lambda p: -p.mean(),
        lambda p: -p.logit().mean(),
        lambda p: (p - 1).abs().mean(),
    ],
    ids=["least squares", "score itself", "Wasserstein", "absolute"],
)
def test_other_losses_are_not_taken_for_cross_entropy(loss) -> None:  # type: ignore[no-untyped-def]
    logits = some_logits(16, 5)
    reading = read_scores(logits, gradient_of(loss, logits))
    assert reading.form == "other"
    assert reading.direction == "up"


def test_a_few_flipped_labels_do_not_hide_the_others() -> None:
    logits = some_logits(20, 6)
    target = torch.ones_like(logits)
    target[[3, 11]] = 0
    reading = read_scores(logits, gradient_of(lambda p: F.binary_cross_entropy(p, target), logits))
    assert (reading.form, reading.direction) == ("bce", "up")
    assert reading.label == pytest.approx(1)


@settings(deadline=None)
@given(
    st.integers(12, 64),
    st.integers(0, 999),
    st.sampled_from([(0.0, 0.2, "down"), (0.8, 1.0, "up"), (0.7, 1.2, "up")]),
    st.sampled_from([0.2, 0.5, 1.0]),
    st.floats(-1.5, 1.5),
)
def test_noisy_labels_are_a_cross_entropy_though_scores_are_alike(
    rows: int, seed: int, labels: tuple[float, float, str], spread: float, mean: float
) -> None:
    lowest, highest, direction = labels
    logits = mean + spread * some_logits(rows, seed)
    noise = torch.rand(rows, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    target = lowest + (highest - lowest) * noise
    gradient = (logits.sigmoid() - target) / rows  # of the cross-entropy; torch itself takes no label above 1
    reading = read_scores(logits, gradient)
    assert reading.form in ("bce", "unknown")
    assert reading.direction == direction or (reading.form == "unknown" and spread < 1)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_too_few_rows_give_a_direction_only(rows: int) -> None:
    logits = some_logits(rows, 7)
    reading = read_scores(logits, gradient_of(lambda p: -p.log().mean(), logits))
    assert (reading.form, reading.direction) == ("unknown", "up")


def test_no_gradient_is_no_direction() -> None:
    assert read_scores(some_logits(8, 8), torch.zeros(8, dtype=torch.float64)).direction == "none"
