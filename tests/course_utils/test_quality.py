"""The quality meter tells what it says that it tells, and the classifier that it looks through is good enough."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch import Tensor

from course_utils.classifier import REAL, WEIGHTS, load_classifier
from course_utils.data import load_mnist, mnist_images
from course_utils.models import Model
from course_utils.quality import describe, frechet_distance, measure_quality, sample_images, show_quality


def real(train: bool = True, n: int = 2000) -> Tensor:
    return mnist_images(train)[0][:n].flatten(1).float() / 255


def test_the_classifier_names_more_than_99_percent_of_the_test_images_rightly() -> None:
    classifier = load_classifier()
    right = sum((classifier(images).argmax(1) == labels).sum().item() for images, labels in load_mnist(1000, False))
    assert right / 10_000 > 0.99
    assert WEIGHTS.stat().st_size < 2**20
    assert not any(parameter.requires_grad for parameter in classifier.parameters())


def test_the_stored_description_of_the_test_images_is_theirs() -> None:
    stored, described = load_file(REAL), describe(real(train=False, n=10_000))
    assert stored.keys() == described.keys()
    for name, tensor in described.items():
        assert torch.allclose(stored[name], tensor, rtol=1e-3, atol=1e-3), name


def test_a_shortened_run_measures_few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(1, 784, 8, 4)
    monkeypatch.setenv("COURSE_MAX_EPOCHS", "1")
    assert len(sample_images(model)) == 200
    monkeypatch.delenv("COURSE_MAX_EPOCHS")
    assert len(sample_images(model)) == 10_000


def test_real_images_are_near_to_real_images_diverse_and_of_all_classes() -> None:
    quality = measure_quality(real(train=False))
    assert quality.classes_covered == 10
    assert sum(quality.histogram) == pytest.approx(1)
    assert 0.9 < quality.diversity < 1.1
    assert quality.frechet_distance < 0.02 * measure_quality(torch.rand(2000, 784)).frechet_distance
    assert quality.nearest == pytest.approx(quality.nearest_of_real, rel=0.1)


def test_images_learnt_by_heart_are_told() -> None:
    assert measure_quality(real()).nearest < 0.001 < measure_quality(real(train=False)).nearest


def test_a_collapsed_generator_is_told() -> None:
    one = real()[:1].repeat(500, 1)
    quality = measure_quality(one)
    assert (quality.classes_covered, quality.diversity) == (1, 0)
    assert quality.frechet_distance > 10 * measure_quality(real()).frechet_distance


def test_blur_raises_the_frechet_distance() -> None:
    images = real(train=False)
    blurred = torch.nn.functional.avg_pool2d(images.view(-1, 1, 28, 28), 5, stride=1, padding=2)
    assert measure_quality(blurred).frechet_distance > 5 * measure_quality(images).frechet_distance


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.1, 3)), min_size=2, max_size=6))
def test_the_frechet_distance_of_independent_features_is_that_of_means_and_deviations(
    moments: list[tuple[float, float]],
) -> None:
    base = torch.randn(400, len(moments), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    base = (base - base.mean(0)) @ torch.linalg.inv(torch.linalg.cholesky(base.T.cov()).T)  # white
    mean, deviation = torch.tensor(moments, dtype=torch.float64).T
    other = base * deviation + mean
    expected = (mean.square() + (deviation - 1).square()).sum().item()
    assert frechet_distance(base, other) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert frechet_distance(other, base) == pytest.approx(frechet_distance(base, other), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(
    "images",
    [torch.zeros(5, 100), torch.zeros(1, 784), torch.full((5, 784), torch.nan), torch.full((5, 784), 255.0)],
    ids=["shape", "one", "nan", "bytes"],
)
def test_what_are_no_images_is_refused(images: Tensor) -> None:
    with pytest.raises(ValueError, match="images must"):
        measure_quality(images)


def test_samples_are_reproducible_and_shown() -> None:
    model = Model(1, 784, 32, 8)
    images = sample_images(model, n=100)
    assert torch.equal(images, sample_images(model, n=100)) and images.shape == (100, 784)
    figure = show_quality({"untrained": measure_quality(images), "real": measure_quality(real(n=100))})
    legend = figure.axes[0].get_legend()
    assert legend and [text.get_text() for text in legend.get_texts()] == ["untrained", "real"]
