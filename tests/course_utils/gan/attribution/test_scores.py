"""Reading gradients at D's logits in several runs: the label and the weight of each image, and the form of the loss."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from course_utils.gan.attribution.scores import SPREAD, Reading, read_scores

Loss = Callable[[Tensor], Tensor]
MOVES = (0.0, 0.15, -0.15)


def some_logits(rows: int, seed: int) -> Tensor:
    return 1.2 * torch.randn(rows, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def read(loss: Loss, logits: Tensor, weight: float = 0.0) -> Reading:
    leaves = [(logits + move).requires_grad_() for move in MOVES]
    gradients = [torch.autograd.grad(loss(leaf.sigmoid()), leaf)[0] for leaf in leaves]
    return read_scores([leaf.detach() for leaf in leaves], gradients, weight)


def cross_entropy(target: Tensor, weight: float = 1.0) -> Loss:
    """Written out, since torch's takes no label above 1."""
    return lambda p: -weight * (target * p.log() + (1 - target) * (1 - p).log()).mean()


@settings(deadline=None)
@given(st.integers(1, 64), st.integers(0, 999), st.floats(0, 1), st.floats(0.01, 100))
def test_label_and_weight_of_cross_entropy_are_read(rows: int, seed: int, label: float, weight: float) -> None:
    logits = some_logits(rows, seed)
    reading = read(cross_entropy(torch.full_like(logits, label), weight), logits)
    assert reading.form == "bce"
    assert reading.label == pytest.approx(label, abs=1e-6)
    assert reading.weight == pytest.approx(weight, rel=1e-6)


@settings(deadline=None)
@given(st.integers(1, 64), st.integers(0, 999), st.sampled_from([(0.0, 0.3, "down"), (0.7, 1.2, "up")]))
def test_each_noisy_label_is_read_wherever_the_scores_are(
    rows: int, seed: int, labels: tuple[float, float, str]
) -> None:
    lowest, highest, direction = labels
    noise = torch.rand(rows, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    target = lowest + (highest - lowest) * noise
    logits = some_logits(rows, seed) - 3
    reading = read(cross_entropy(target), logits)
    scores = torch.stack([logits + move for move in MOVES]).sigmoid()  # (runs, rows)
    if bool(((scores - scores.mean(0)).abs() < SPREAD).all()):  # too sure to move, as those of a few images may be
        assert reading.form == "unread"
        return
    assert (reading.form, reading.direction) == ("bce", direction)
    assert reading.labels.tolist() == pytest.approx(target.tolist(), abs=1e-6)


@pytest.mark.parametrize(
    ("label", "direction"), [(0.7, "up"), (0.3, "down"), (0.5, "mixed"), (0.6, "mixed"), (0.4, "mixed")]
)
def test_a_smoothed_label_has_a_direction_as_far_as_smoothing_is_used(label: float, direction: str) -> None:
    logits = some_logits(16, 2)
    assert read(cross_entropy(torch.full_like(logits, label)), logits).direction == direction


@pytest.mark.parametrize(("logit", "label", "direction"), [(-9.3, 0.2, "down"), (9.3, 0.8, "up"), (-12, 1.0, "up")])
def test_a_score_at_the_edge_is_read_with_the_weight_of_the_other_terms(
    logit: float, label: float, direction: str
) -> None:
    logits = torch.full((4,), logit, dtype=torch.float64)
    loss = cross_entropy(torch.full_like(logits, label), 0.5)
    reading = read(loss, logits, weight=0.5)
    assert (reading.form, reading.direction, reading.sure) == ("unread", direction, True)
    assert not read(loss, logits).sure


@pytest.mark.parametrize(("logit", "label", "direction"), [(-12, 0.0, "down"), (12, 1.0, "up")])
def test_a_score_at_the_edge_that_is_driven_further_is_sure(logit: float, label: float, direction: str) -> None:
    logits = torch.full((4,), logit, dtype=torch.float64)
    reading = read(cross_entropy(torch.full_like(logits, label)), logits)
    assert (reading.form, reading.direction, reading.sure) == ("unread", direction, True)


@settings(deadline=None)
@given(st.integers(1, 64), st.integers(0, 999))
def test_saturating_loss_drives_scores_up(rows: int, seed: int) -> None:
    reading = read(lambda p: (1 - p).log().mean(), some_logits(rows, seed))
    assert (reading.form, reading.direction) == ("saturating", "up")


@pytest.mark.parametrize("label", [0.0, 1.0])
@pytest.mark.parametrize("rows", [1, 16])
def test_second_sigmoid_is_recognized(label: float, rows: int) -> None:
    target = torch.full((rows,), label, dtype=torch.float64)
    reading = read(lambda p: F.binary_cross_entropy_with_logits(p, target), some_logits(rows, 3))
    assert reading.form == "double sigmoid"
    assert reading.direction == ("up" if label else "down")


@pytest.mark.parametrize(
    "loss",
    [
        lambda p: (p - 1).square().mean(),
        lambda p: -p.mean(),
        lambda p: -p.logit().mean(),
        lambda p: (p - 1).abs().mean(),
        lambda p: F.softplus(-p).mean() + p.square().mean(),
    ],
    ids=["least squares", "score itself", "Wasserstein", "absolute", "two losses"],
)
@pytest.mark.parametrize("seed", range(10))
def test_other_losses_are_not_taken_for_cross_entropy(loss: Loss, seed: int) -> None:
    assert read(loss, some_logits(16, seed)).form == "other"


def test_a_few_flipped_labels_do_not_hide_the_others() -> None:
    logits = some_logits(20, 6)
    target = torch.ones_like(logits)
    target[[3, 11]] = 0
    reading = read(cross_entropy(target), logits)
    assert (reading.form, reading.direction) == ("bce", "up")
    assert reading.label == pytest.approx(1)
    assert sorted(reading.labels.round().tolist())[:3] == [0, 0, 1]


def test_a_weight_that_a_step_chooses_in_the_light_of_its_scores_is_no_other_loss() -> None:
    logits = some_logits(16, 9)
    reading = read(lambda p: -p.log().mean() * (1 + p.mean().detach()), logits)
    assert (reading.form, reading.direction, reading.steady) == ("bce", "up", False)


def test_a_function_of_the_cross_entropy_has_a_weight_that_is_not_steady() -> None:
    for seed in range(10):
        assert not read(lambda p: p.log().mean().abs().sqrt(), some_logits(16, seed)).steady


def test_images_without_a_gradient_have_no_weight() -> None:
    reading = read(lambda p: -p[:1].log().mean(), some_logits(8, 4))
    assert reading.weights.count_nonzero() == 1
    assert reading.direction == "up"


def test_no_gradient_is_no_direction() -> None:
    logits = some_logits(8, 8)
    nothing = torch.zeros(8, dtype=torch.float64)
    assert read_scores([logits, logits + 0.1], [nothing, nothing]).direction == "none"


def test_scores_that_do_not_move_are_not_read() -> None:
    logits = some_logits(8, 8)
    assert read_scores([logits, logits], [torch.ones(8).double(), torch.ones(8).double()]).form == "unread"


@settings(deadline=None)
@given(seed=st.integers(0, 999), clamped=st.integers(1, 12), label=st.sampled_from([0.0, 1.0]))
def test_a_loss_that_keeps_scores_away_from_0_and_1_accuses_nobody(seed: int, clamped: int, label: float) -> None:
    logits = some_logits(16, seed)
    logits[:clamped] = 15.0 * (1 - 2 * label)  # D is sure of the contrary
    reading = read(lambda p: cross_entropy(torch.full_like(logits, label))(p.clamp(1e-6, 1 - 1e-6)), logits)
    assert reading.direction == ("up" if label else "down") or not reading.sure


@settings(deadline=None)
@given(seed=st.integers(0, 999), low=st.floats(0.05, 0.3), high=st.floats(0.7, 0.95))
def test_a_loss_that_is_flat_for_many_scores_is_read_where_it_is_not(seed: int, low: float, high: float) -> None:
    logits = some_logits(64, seed)
    reading = read(lambda p: cross_entropy(torch.ones_like(logits))(p.clamp(low, high)), logits)
    assert (reading.form, reading.direction) == ("bce", "up")
    assert bool(reading.labels.isfinite().any())


def square_of_logits(p: Tensor) -> Tensor:
    return p.logit().square().mean()


def negative_entropy(p: Tensor) -> Tensor:
    return (p * p.log() + (1 - p) * (1 - p).log()).mean()


def sum_of(first: Loss, weight: float, second: Loss) -> Loss:
    return lambda p: first(p) + weight * second(p)


@pytest.mark.parametrize("penalty", [square_of_logits, negative_entropy])
@pytest.mark.parametrize("weight", [0.1, 1.0])
@pytest.mark.parametrize("label", [0.0, 0.9])
def test_a_penalty_on_scores_beside_a_cross_entropy_is_told_from_another_loss(
    penalty: Loss, weight: float, label: float
) -> None:
    for seed in range(5):
        logits = some_logits(16, seed)
        entropy = cross_entropy(torch.full_like(logits, label))
        assert read(sum_of(entropy, weight, penalty), logits).form == "penalized"
        assert read(sum_of(entropy, 0.0, entropy), logits).form == "bce"
        assert read(penalty, logits).form == "penalty"


def test_scores_of_exactly_1_in_one_of_the_runs_are_no_penalty() -> None:
    logits = torch.tensor([[50.0, 0.1, -0.4, 1.0], [2.0, 0.2, -0.2, 0.7], [1.0, 0.4, 0.1, 0.2]], dtype=torch.float64)
    gradients = (logits.sigmoid() - 1).abs().sqrt() + 0.1
    assert read_scores(list(logits), list(gradients)).form == "other"
