"""The plots: what they show, that they can be repeated, that they stay small, that they warn of nothing."""

import io
import warnings
from collections.abc import Iterator

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
import pytest
import torch
from matplotlib.figure import Figure

from course_utils import plotting
from course_utils.model_figure import make_figure
from course_utils.models import Model
from course_utils.training import History


@pytest.fixture(autouse=True)
def nothing_is_warned_of_or_left_open() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    assert plt.get_fignums() == []


@pytest.fixture
def model() -> Model:
    torch.manual_seed(0)
    return Model(1, 784, 16, 8)


def history(epochs: int, n: int = 9) -> History:
    generator = torch.Generator().manual_seed(0)
    samples = torch.randint(0, 256, (epochs + 1, n, 784), generator=generator, dtype=torch.uint8)
    curve = [1 / (epoch + 1) for epoch in range(epochs)]
    losses = {"discriminator": curve, "generator": [2 * x for x in curve], "autoencoder": curve}
    return History(losses, samples, seconds=1.0)


def picture(figure: Figure) -> np.ndarray:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=40)
    return np.asarray(PIL.Image.open(buffer))


def test_samples_are_what_the_generator_makes_of_seeded_latent_vectors(model: Model) -> None:
    figure = plotting.show_samples(model, seed=4)
    z = torch.randn(9, 8, generator=torch.Generator().manual_seed(4))
    expected = model.generator(z).detach().view(9, 28, 28).numpy()
    shown = np.stack([np.asarray(axes.images[0].get_array()) for axes in figure.axes])
    assert np.allclose(shown, expected)


def test_samples_depend_on_the_seed_alone(model: Model) -> None:
    torch.manual_seed(1)
    first = picture(plotting.show_samples(model))
    state = torch.get_rng_state()
    assert np.array_equal(picture(plotting.show_samples(model)), first)
    assert torch.equal(torch.get_rng_state(), state)
    assert not np.array_equal(picture(plotting.show_samples(model, seed=1)), first)


@pytest.mark.parametrize("n", [1, 3])
def test_reconstructions_stand_under_their_originals(model: Model, n: int) -> None:
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    figure = plotting.show_reconstructions(model, images, n=n)
    shown = [np.asarray(axes.images[0].get_array()) for axes in figure.axes]
    codes = model.encoder(images[:n].flatten(1))
    reconstructions = model.generator(codes).detach().view(n, 28, 28)
    assert np.allclose(np.stack(shown[:n]), images[:n, 0].numpy())
    assert np.allclose(np.stack(shown[n:]), reconstructions.numpy())
    picture(figure)


@pytest.mark.parametrize("epochs", [1, 80])
def test_loss_curves_show_every_epoch(epochs: int) -> None:
    run = history(epochs)
    figure = plotting.show_losses(run)
    curves = {line.get_label(): line.get_ydata() for axes in figure.axes for line in axes.lines}
    assert curves.keys() == run.losses.keys()
    for name, losses in run.losses.items():
        assert np.allclose(curves[name], losses)
    picture(figure)


@pytest.mark.parametrize("epochs", [1, 2, 5, 80])
def test_loss_curves_have_ticks_at_whole_epochs_only(epochs: int) -> None:
    for axes in plotting.show_losses(history(epochs)).axes:
        low, high = axes.get_xlim()
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
        assert ticks and all(tick == round(tick) for tick in ticks)


def test_animation_is_a_small_gif_from_the_first_to_the_last_epoch() -> None:
    # 80 epochs of pure noise are the hardest case, images of digits take far less
    gif = plotting.animate_latents(history(80))
    film = PIL.Image.open(io.BytesIO(gif.data))
    assert film.format == "GIF"
    assert getattr(film, "n_frames", 1) == 31
    assert len(gif.data) < 1_000_000


def test_animation_of_a_short_run_shows_every_epoch() -> None:
    gif = plotting.animate_latents(history(2, n=4))
    assert getattr(PIL.Image.open(io.BytesIO(gif.data)), "n_frames", 1) == 3


def test_gradient_map_marks_what_must_not_be_there() -> None:
    labels = ["1. discriminator", "2. generator"]
    figure = plotting.show_gradient_map(
        labels, [[0.0, -0.25, 1.0], [0.0, 1.0, 0.0]], [[True, True, False], [True, False, True]]
    )
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["✗ −25%", "+100%", "+100%"]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == labels
    assert sum(patch.get_hatch() is not None for patch in axes.patches) == 3
    picture(figure)


def test_gradient_map_refuses_shapes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"must have the shape \(1, 3\), got \(1, 2\) and \(1, 3\)"):
        plotting.show_gradient_map(["1. all"], [[0, 1]], [[False, False, True]])


def test_figure_of_the_model_names_everything_and_is_the_same_each_time() -> None:
    figure = make_figure()
    texts = " ".join(text.get_text() for text in figure.axes[0].texts)
    for name in (
        "encoder",
        "generator",
        "discriminator",
        "E(x)",
        "G(E(x))",
        "G(z)",
        "D(G(z))",
        "D(x)",
        r"z \sim N",
    ):
        assert name in texts
    shown = PIL.Image.open(io.BytesIO(plotting.draw_model().data)).convert("RGBA")
    assert shown.size == (1100, 610)
    assert plotting.draw_model().data == plotting.draw_model().data
