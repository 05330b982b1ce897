"""The lab on autoencoders: its traversals, its errors and baselines, and its figures."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from course_utils.labs import autoencoder, latents

NOTEBOOK = Path(__file__).parents[3] / "source" / "lab_autoencoder" / "lab_autoencoder.ipynb"


@pytest.fixture(scope="module")
def solutions() -> dict[str, Any]:
    """The functions of the source notebook's solution cells, by name."""
    names = {"torch": torch, "F": F}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            exec(cell.source, names)
    return names


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def traverse_in_a_loop(z: Tensor, dimension: int, values: Tensor) -> Tensor:
    rows = []
    for value in values:
        row = z.clone()
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


@given(size=st.integers(1, 8), k=st.integers(1, 6), data=st.data())
@settings(max_examples=25)
def test_a_traversal_differs_from_z_in_one_coordinate_only(
    solutions: dict[str, Any], size: int, k: int, data: st.DataObject
) -> None:
    dimension = data.draw(st.integers(0, size - 1))
    z, values = random(size), random(k, seed=1)
    rows = solutions["traverse"](z, dimension, values)
    assert torch.equal(rows, traverse_in_a_loop(z, dimension, values))


@given(n=st.integers(3, 20), pixels=st.integers(2, 6))
@settings(max_examples=25)
def test_pca_errors_fall_from_the_mean_image_to_nothing(n: int, pixels: int) -> None:
    images = random(n, pixels)
    errors = autoencoder.pca_errors(images, images)
    assert errors.shape == (pixels + 1,)
    assert (errors.diff() <= 1e-12).all()
    mean_error = (images - images.mean(0)).square().mean()
    assert errors[0].item() == pytest.approx(mean_error.item(), rel=1e-4)
    assert errors[-1].item() == pytest.approx(0, abs=1e-9)


def test_pca_errors_are_those_of_a_truncated_svd() -> None:
    images = random(40, 6)
    mean = images.mean(0)
    _, _, directions = torch.linalg.svd(images - mean, full_matrices=False)
    kept = mean + (images - mean) @ directions[:2].T @ directions[:2]
    assert autoencoder.pca_errors(images, images)[2].item() == pytest.approx(F.mse_loss(kept, images).item(), rel=1e-4)


def test_the_baselines_of_one_image_are_computed_from_the_training_images() -> None:
    train, test = torch.tensor([[0.0, 1.0], [1.0, 1.0]]), torch.tensor([[0.5, 0.0]])
    errors = autoencoder.baseline_errors(train, test)
    assert errors == pytest.approx({"black image": 0.125, "one gray for all pixels": 0.3125, "mean image": 0.5})


def test_noise_stays_within_the_range_of_pixels_and_repeats_with_its_seed() -> None:
    x = torch.rand(5, 20)
    noisy = autoencoder.add_noise(x, 0.5, seed=3)
    assert noisy.shape == x.shape
    assert 0 <= noisy.min() < noisy.max() <= 1
    assert torch.equal(noisy, autoencoder.add_noise(x, 0.5, seed=3))
    assert not torch.equal(autoencoder.add_noise(x, 0.5), autoencoder.add_noise(x, 0.5))
    assert torch.equal(autoencoder.add_noise(x, 0.0), x)


@given(n=st.integers(1, 5), pixels=st.integers(1, 9), latent=st.integers(1, 4))
@settings(max_examples=20)
def test_encoding_and_generating_in_batches_is_what_the_networks_do(n: int, pixels: int, latent: int) -> None:
    model = autoencoder.Autoencoder(1, pixels, 4, latent)
    x = torch.rand(n, pixels)
    codes = autoencoder.encode_all(model, x)
    assert codes.shape == (n, latent)
    torch.testing.assert_close(codes, model.encoder(x).detach())
    torch.testing.assert_close(autoencoder.generate_all(model, codes), model.generator(codes).detach())


def test_the_figures_draw_few_images_and_short_codes() -> None:
    images, codes, labels = torch.rand(4, 16), random(12, 2), torch.arange(12) % 10
    assert len(latents.show_rows({"$x$": images, "again": images}, "two rows", ["a", "b"]).axes) == 8
    assert latents.show_projection(codes, labels).axes[0].get_xlabel() == "first principal component"
    assert len(latents.show_against_normal(codes).axes) == 3
    pca = autoencoder.pca_errors(torch.rand(9, 16), torch.rand(9, 16))
    figure = autoencoder.show_errors(pca, {2: 0.02}, {"black image": 0.11, "mean image": 0.07})
    assert "black image: 0.1100" in [text.get_text() for text in figure.axes[0].texts]


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        latents.show_rows({"a": torch.rand(2, 16), "b": torch.rand(3, 16)})
