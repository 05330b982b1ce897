"""The lab on autoencoders: its checks accept right solutions in any style and name typical slips."""

from pathlib import Path

import nbformat
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.labs import autoencoder, check_autoencoder, latents

NOTEBOOK = Path(__file__).parents[3] / "source" / "lab_autoencoder" / "lab_autoencoder.ipynb"


@pytest.fixture(scope="module")
def solutions():
    """The functions of the source notebook's solution cells, by name."""
    names = {"torch": torch, "F": F}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.metadata.nbgrader.solution:
            exec(cell.source, names)
    return names


def said(capsys, check, function):
    check(function)
    return capsys.readouterr().out


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def traverse_in_a_loop(z, dimension, values):
    rows = []
    for value in values:
        row = z.clone()
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


def project_by_covariance(codes):
    _, directions = torch.linalg.eigh(codes.T.cov())
    return -(codes - codes.mean(dim=0, keepdim=True)) @ directions.flip(1)[:, :2]


def sample_by_distribution(codes, n):
    return torch.distributions.MultivariateNormal(codes.mean(0), codes.T.cov()).sample((n,))


@pytest.mark.parametrize("name", ["reconstruction_loss", "traverse", "project", "sample_like"])
def test_each_check_accepts_the_solution_of_the_notebook(name, solutions, capsys):
    assert said(capsys, getattr(check_autoencoder, name), solutions[name]).startswith("✓")


@pytest.mark.parametrize(
    ("name", "function"),
    [
        (
            "reconstruction_loss",
            lambda model, x, seen: ((x - model.generator(model.encoder(seen))) ** 2).mean(1).mean(),
        ),
        ("traverse", traverse_in_a_loop),
        ("project", project_by_covariance),
        ("sample_like", sample_by_distribution),
    ],
)
def test_each_check_accepts_a_solution_in_another_style(name, function, capsys):
    assert said(capsys, getattr(check_autoencoder, name), function).startswith("✓")


def draw(model, seen):
    return model.generator(model.encoder(seen))


def traverse_in_place(z, dimension, values):
    z[dimension] = values[-1]
    return z.repeat(len(values), 1)


def traverse_sharing_memory(z, dimension, values):
    row = z.clone()
    rows = []
    for value in values:
        row[dimension] = value
        rows.append(row)
    return torch.stack(rows)


def traverse_adding(z, dimension, values):
    rows = z.repeat(len(values), 1)
    rows[:, dimension] += values
    return rows


def svd(codes):
    return torch.linalg.svd(codes, full_matrices=False)


WRONG = {
    "loss against the noisy image": ("reconstruction_loss", lambda m, x, s: F.mse_loss(draw(m, s), s), "noisy image"),
    "loss of the clean image": ("reconstruction_loss", lambda m, x, s: F.mse_loss(draw(m, x), x), "x_seen"),
    "loss summed": ("reconstruction_loss", lambda m, x, s: (draw(m, s) - x).square().sum(), "sum"),
    "loss of each pixel": ("reconstruction_loss", lambda m, x, s: (draw(m, s) - x).square(), "shape"),
    "loss as a float": ("reconstruction_loss", lambda m, x, s: F.mse_loss(draw(m, s), x).item(), "float"),
    "loss detached": ("reconstruction_loss", lambda m, x, s: F.mse_loss(draw(m, s), x).detach(), "detached"),
    "E detached": (
        "reconstruction_loss",
        lambda m, x, s: F.mse_loss(m.generator(m.encoder(s).detach()), x),
        "does not reach E",
    ),
    "traverse changes z": ("traverse", traverse_in_place, "z itself"),
    "traverse with one row of memory": (
        "traverse",
        lambda z, d, v: traverse_sharing_memory(z, d, v)[[-1] * len(v)],
        "row",
    ),
    "traverse adds": ("traverse", traverse_adding, "added"),
    "traverse transposed": ("traverse", lambda z, d, v: traverse_in_a_loop(z, d, v).T, "shape"),
    "not centered": ("project", lambda codes: codes @ svd(codes)[2][:2].T, "not centered"),
    "U without S": ("project", lambda codes: svd(codes - codes.mean(0))[0][:, :2], "length 1"),
    "columns of Vh": (
        "project",
        lambda codes: (codes - codes.mean(0)) @ svd(codes - codes.mean(0))[2][:, :2],
        "expected",
    ),
    "first coordinates": ("project", lambda codes: codes[:, :2], "first two coordinates"),
    "N(0, I)": ("sample_like", lambda codes, n: torch.randn(n, codes.shape[1]), "Add the mean"),
    "independent coordinates": (
        "sample_like",
        lambda codes, n: codes.mean(0) + codes.std(0) * torch.randn(n, codes.shape[1]),
        "hang together",
    ),
    "covariance for its factor": (
        "sample_like",
        lambda codes, n: codes.mean(0) + torch.randn(n, codes.shape[1]) @ codes.T.cov(),
        "Cholesky",
    ),
    "factor from the wrong side": (
        "sample_like",
        lambda codes, n: codes.mean(0) + torch.randn(n, codes.shape[1]) @ torch.linalg.cholesky(codes.T.cov()),
        "wrong side",
    ),
}


@pytest.mark.parametrize("slip", WRONG)
def test_each_typical_slip_is_told_with_what_to_try(slip, capsys):
    name, function, clue = WRONG[slip]
    text = said(capsys, getattr(check_autoencoder, name), function)
    assert text.startswith("✗"), text
    assert clue in text


def test_an_exercise_that_is_not_written_yet_is_no_mistake(capsys):
    def traverse(z, dimension, values):
        raise NotImplementedError

    assert said(capsys, check_autoencoder.traverse, traverse).startswith("· traverse is not written yet")


def test_a_function_that_stops_is_told_kindly_and_stops_nothing(capsys):
    text = said(capsys, check_autoencoder.traverse, lambda z: z)
    assert text.startswith("✗ traverse stopped with TypeError")


def test_a_forgotten_return_is_told(capsys):
    assert "return statement missing" in said(capsys, check_autoencoder.traverse, lambda z, dimension, values: None)


@given(size=st.integers(1, 8), k=st.integers(1, 6), data=st.data())
@settings(max_examples=25)
def test_a_traversal_differs_from_z_in_one_coordinate_only(solutions, size, k, data):
    dimension = data.draw(st.integers(0, size - 1))
    z, values = random(size), random(k, seed=1)
    rows = solutions["traverse"](z, dimension, values)
    assert torch.equal(rows, traverse_in_a_loop(z, dimension, values))


@given(n=st.integers(3, 20), pixels=st.integers(2, 6))
@settings(max_examples=25)
def test_pca_errors_fall_from_the_mean_image_to_nothing(n, pixels):
    images = random(n, pixels)
    errors = autoencoder.pca_errors(images, images)
    assert errors.shape == (pixels + 1,)
    assert (errors.diff() <= 1e-12).all()
    mean_error = (images - images.mean(0)).square().mean()
    assert errors[0].item() == pytest.approx(mean_error.item(), rel=1e-4)
    assert errors[-1].item() == pytest.approx(0, abs=1e-9)


def test_pca_errors_are_those_of_a_truncated_svd():
    images = random(40, 6)
    mean = images.mean(0)
    _, _, directions = svd(images - mean)
    kept = mean + (images - mean) @ directions[:2].T @ directions[:2]
    assert autoencoder.pca_errors(images, images)[2].item() == pytest.approx(F.mse_loss(kept, images).item(), rel=1e-4)


def test_the_baselines_of_one_image_are_computed_from_the_training_images():
    train, test = torch.tensor([[0.0, 1.0], [1.0, 1.0]]), torch.tensor([[0.5, 0.0]])
    errors = autoencoder.baseline_errors(train, test)
    assert errors == pytest.approx({"black image": 0.125, "one gray for all pixels": 0.3125, "mean image": 0.5})


def test_noise_stays_within_the_range_of_pixels_and_repeats_with_its_seed():
    x = torch.rand(5, 20)
    noisy = autoencoder.add_noise(x, 0.5, seed=3)
    assert noisy.shape == x.shape
    assert 0 <= noisy.min() < noisy.max() <= 1
    assert torch.equal(noisy, autoencoder.add_noise(x, 0.5, seed=3))
    assert not torch.equal(autoencoder.add_noise(x, 0.5), autoencoder.add_noise(x, 0.5))
    assert torch.equal(autoencoder.add_noise(x, 0.0), x)


@given(n=st.integers(1, 5), pixels=st.integers(1, 9), latent=st.integers(1, 4))
@settings(max_examples=20)
def test_encoding_and_generating_in_batches_is_what_the_networks_do(n, pixels, latent):
    model = autoencoder.Autoencoder(1, pixels, 4, latent)
    x = torch.rand(n, pixels)
    codes = autoencoder.encode_all(model, x)
    assert codes.shape == (n, latent)
    torch.testing.assert_close(codes, model.encoder(x).detach())
    torch.testing.assert_close(autoencoder.generate_all(model, codes), model.generator(codes).detach())


def test_the_figures_draw_few_images_and_short_codes():
    images, codes, labels = torch.rand(4, 16), random(12, 2), torch.arange(12) % 10
    assert len(latents.show_rows({"$x$": images, "again": images}, "two rows", ["a", "b"]).axes) == 8
    assert latents.show_projection(codes, labels).axes[0].get_xlabel() == "first principal component"
    assert len(latents.show_against_normal(codes).axes) == 3
    pca = autoencoder.pca_errors(torch.rand(9, 16), torch.rand(9, 16))
    figure = autoencoder.show_errors(pca, {2: 0.02}, {"black image": 0.11, "mean image": 0.07})
    assert "black image: 0.1100" in [text.get_text() for text in figure.axes[0].texts]


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        latents.show_rows({"a": torch.rand(2, 16), "b": torch.rand(3, 16)})
