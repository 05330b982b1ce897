"""The GAN lab: its experiments do what they say, and its figures are drawn."""

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import Tensor
from torch.optim import Optimizer

from course_utils import training
from course_utils.data import load_mnist
from course_utils.labs import gan, gan_figures
from course_utils.models import Model
from course_utils.training import History


def optimizers_of(model: Model, lr: float = 1e-3) -> dict[str, Optimizer]:
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
    }


def right_loss(model: Model, z: Tensor) -> Tensor:
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.ones_like(scores))


def right_step(model: Model, x_real: Tensor, z: Tensor, optimizer: Optimizer) -> Tensor:
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    loss = F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def ring_history(epochs: int = 2) -> History:
    torch.manual_seed(0)
    model = Model(1, 2, 8, 2)

    def step(model: Model, x_real: Tensor, optimizers: Mapping[str, Optimizer]) -> dict[str, Tensor]:
        z = torch.randn(len(x_real), 2)
        loss = right_step(model, x_real, z, optimizers["discriminator"])
        return {"discriminator": loss, "generator": right_loss(model, z)}

    names = ("discriminator", "generator")
    loader = gan.load_ring(64, 128)
    return training.train(
        model, step, optimizers_of(model), loader, epochs, loss_names=names, num_samples=50, progress=False
    )


def test_points_of_the_ring_cover_all_modes_and_stay_in_the_unit_square() -> None:
    points, modes = gan.ring_points(2000)
    assert points.shape == (2000, 2)
    assert points.min() >= 0 and points.max() <= 1
    assert gan.covered_modes(points).all()
    assert gan.on_the_ring(points) == pytest.approx(1 - math.exp(-4.5), abs=0.01)  # within 3 sigma in two dimensions
    assert torch.equal(torch.cdist(points, gan.ring_centers()).argmin(1), modes)


def test_the_loader_serves_the_ring_as_images_of_two_pixels() -> None:
    x_real, modes = next(iter(gan.load_ring(64, 128)))
    assert x_real.flatten(1).shape == (64, 2)
    centers = gan.ring_centers()[modes]
    assert (x_real.flatten(1) - centers).norm(dim=1).max() < 6 * gan.SIGMA


def test_short_epochs_serve_every_image_before_any_comes_again() -> None:
    loader = gan.load_ring(16, 96)
    short = gan.ShortEpochs(loader, parts=3)
    assert len(short) == 2
    seen = [torch.cat([x_real for x_real, _ in short]) for _ in range(6)]  # twice through the data
    for half in (seen[:3], seen[3:]):
        expected = torch.cat([x_real for x_real, _ in gan.load_ring(16, 96)])
        assert torch.equal(torch.cat(half).flatten().sort().values, expected.flatten().sort().values)
    assert not torch.equal(seen[0], seen[3])


def test_stray_points_cover_no_mode() -> None:
    points, modes = gan.ring_points(2000)
    some = torch.cat([points[modes < 3], points[modes == 5][:1]])
    assert gan.covered_modes(some).tolist() == [True] * 3 + [False] * 5
    assert not gan.covered_modes(torch.full((100, 2), 0.5)).any()
    assert gan.on_the_ring(torch.full((100, 2), 0.5)) == 0


def test_forgetful_step_adds_the_gradient_of_the_discriminator_loss_to_the_generator() -> None:
    model = Model(1, 20, 16, 3)
    x_real = torch.rand(8, 20)
    torch.manual_seed(0)
    gan.forgetful_step(model, x_real, optimizers_of(model, lr=0.0))  # nothing moves, but the gradients stay
    torch.manual_seed(0)
    fake = model.discriminator(model.generator(torch.randn(8, 3)))
    both = -(1 - fake).log().mean() - fake.log().mean()
    expected = torch.autograd.grad(both, list(model.generator.parameters()))
    for parameter, gradient in zip(model.generator.parameters(), expected, strict=True):
        assert parameter.grad is not None and torch.allclose(parameter.grad, gradient, atol=1e-6)


def test_watching_a_run_does_not_change_it() -> None:
    def weights(watched: bool) -> tuple[Tensor, gan.Scores]:
        torch.manual_seed(0)
        model, scores = Model(1, 20, 16, 3), gan.Scores()

        def step(model: Model, x_real: Tensor, optimizers: Mapping[str, Optimizer]) -> dict[str, Tensor]:
            z = torch.randn(len(x_real), 3)
            return {"discriminator": right_step(model, x_real, z, optimizers["discriminator"])}

        train_step, optimizers = gan.watch(step, scores) if watched else step, optimizers_of(model)
        for _ in range(20):
            train_step(model, torch.rand(6, 20), optimizers)
        return torch.cat([p.detach().flatten() for p in model.parameters()]), scores

    (seen, scores), (unseen, _) = weights(True), weights(False)
    assert torch.equal(seen, unseen)
    assert scores.steps == [1, 10, 20]
    assert all(0 <= score <= 1 for score in scores.real + scores.fake)


def test_the_saturating_gradient_fades_while_the_other_one_grows() -> None:
    torch.manual_seed(0)
    model = Model(1, 784, 32, 8)
    before = [p.clone() for p in model.generator.parameters()]
    early = gan.measure_early_gradients(model, load_mnist(64), num_steps=30, lr=2e-3)
    assert len(early.scores) == len(early.saturating) == len(early.non_saturating) == 31
    assert early.saturating[-1] < 0.1 * early.saturating[0]
    assert early.non_saturating[-1] > early.non_saturating[0]
    assert all(torch.equal(a, b) for a, b in zip(before, model.generator.parameters(), strict=True))


def test_a_discriminator_on_the_line_comes_close_to_the_best_one_and_never_beats_it() -> None:
    game = gan.play_on_the_line()
    assert -math.log(4) < game.trained_value <= game.best_value + 1e-6
    assert game.best_value - game.trained_value < 0.02
    crowded = game.data + game.generated > 0.1
    assert (game.trained - game.best)[crowded].abs().max() < 0.15


def test_short_budgets_shorten_the_measurements_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_MAX_STEPS_PER_EPOCH", "2")
    torch.manual_seed(0)
    assert len(gan.measure_early_gradients(Model(1, 784, 8, 2), load_mnist(16)).scores) == 3
    assert gan.play_on_the_line().trained_value < 0


@pytest.mark.parametrize("looks", [1, 40])
def test_figures_are_drawn_for_long_and_for_very_short_runs(looks: int) -> None:
    scores = gan.Scores(list(range(looks)), [0.9] * looks, [0.1] * looks)
    early = gan.EarlyGradients([0.5] * looks, [0.1] * looks, [0.2] * looks)
    runs = {"one": ring_history(1), "other": ring_history(2)}
    figures = [
        gan_figures.show_scores({"one": scores, "other": scores}),
        gan_figures.show_early_gradients(early),
        gan_figures.show_ring(runs),
        gan_figures.show_coverage(runs),
        gan_figures.show_generator_losses(),
        gan_figures.show_many_samples({"one": Model(0, 784, 8, 2)}, side=2),
    ]
    assert all(isinstance(figure, Figure) for figure in figures)
    assert gan_figures.animate_ring(runs).data[:4] == b"GIF8"


def test_the_optimal_discriminator_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_MAX_STEPS_PER_EPOCH", "2")
    assert isinstance(gan_figures.show_optimal_discriminator(gan.play_on_the_line()), Figure)


def test_the_lab_never_imports_the_autograder() -> None:
    for module in (gan, gan_figures):
        assert "autograder" not in Path(str(module.__file__)).read_text()
