"""The GAN lab: its experiments do what they say, its figures are drawn, and its exercise checks are right and kind."""

import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import nn

from course_utils import training
from course_utils.data import load_mnist
from course_utils.labs import check_gan, gan, gan_figures
from course_utils.models import Model


def optimizers_of(model, lr=1e-3):
    return {
        "discriminator": torch.optim.Adam(model.discriminator.parameters(), lr=lr),
        "generator": torch.optim.Adam(model.generator.parameters(), lr=lr),
    }


def right_loss(model, z):
    scores = model.discriminator(model.generator(z))
    return F.binary_cross_entropy(scores, torch.ones_like(scores))


def right_step(model, x_real, z, optimizer):
    real, fake = model.discriminator(x_real), model.discriminator(model.generator(z).detach())
    loss = F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(fake, torch.zeros_like(fake))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def right_count(points, centers, sigma):
    return int(((torch.cdist(points, centers) <= 3 * sigma).float().mean(0) >= 0.01).sum())


class RightNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return x + self.std * torch.randn_like(x)


def ring_history(epochs=2):
    torch.manual_seed(0)
    model = Model(1, 2, 8, 2)

    def step(model, x_real, optimizers):
        z = torch.randn(len(x_real), 2)
        loss = right_step(model, x_real, z, optimizers["discriminator"])
        return {"discriminator": loss, "generator": right_loss(model, z)}

    names = ("discriminator", "generator")
    loader = gan.load_ring(64, 128)
    return training.train(
        model, step, optimizers_of(model), loader, epochs, loss_names=names, num_samples=50, progress=False
    )


# The experiments


def test_points_of_the_ring_cover_all_modes_and_stay_in_the_unit_square():
    points, modes = gan.ring_points(2000)
    assert points.shape == (2000, 2)
    assert points.min() >= 0 and points.max() <= 1
    assert gan.covered_modes(points).all()
    assert gan.on_the_ring(points) == pytest.approx(1 - math.exp(-4.5), abs=0.01)  # within 3 sigma in two dimensions
    assert torch.equal(torch.cdist(points, gan.ring_centers()).argmin(1), modes)


def test_the_loader_serves_the_ring_as_images_of_two_pixels():
    x_real, modes = next(iter(gan.load_ring(64, 128)))
    assert x_real.flatten(1).shape == (64, 2)
    centers = gan.ring_centers()[modes]
    assert (x_real.flatten(1) - centers).norm(dim=1).max() < 6 * gan.SIGMA


def test_short_epochs_serve_every_image_before_any_comes_again():
    loader = gan.load_ring(16, 96)
    short = gan.ShortEpochs(loader, parts=3)
    assert len(short) == 2
    seen = [torch.cat([x_real for x_real, _ in short]) for _ in range(6)]  # twice through the data
    for half in (seen[:3], seen[3:]):
        expected = torch.cat([x_real for x_real, _ in gan.load_ring(16, 96)])
        assert torch.equal(torch.cat(half).flatten().sort().values, expected.flatten().sort().values)
    assert not torch.equal(seen[0], seen[3])


def test_stray_points_cover_no_mode():
    points, modes = gan.ring_points(2000)
    some = torch.cat([points[modes < 3], points[modes == 5][:1]])
    assert gan.covered_modes(some).tolist() == [True] * 3 + [False] * 5
    assert not gan.covered_modes(torch.full((100, 2), 0.5)).any()
    assert gan.on_the_ring(torch.full((100, 2), 0.5)) == 0


def test_forgetful_step_adds_the_gradient_of_the_discriminator_loss_to_the_generator():
    model = Model(1, 20, 16, 3)
    x_real = torch.rand(8, 20)
    torch.manual_seed(0)
    gan.forgetful_step(model, x_real, optimizers_of(model, lr=0.0))  # nothing moves, but the gradients stay
    torch.manual_seed(0)
    fake = model.discriminator(model.generator(torch.randn(8, 3)))
    both = -(1 - fake).log().mean() - fake.log().mean()
    expected = torch.autograd.grad(both, list(model.generator.parameters()))
    for parameter, gradient in zip(model.generator.parameters(), expected, strict=True):
        assert torch.allclose(parameter.grad, gradient, atol=1e-6)


def test_watching_a_run_does_not_change_it():
    def weights(watched):
        torch.manual_seed(0)
        model, scores = Model(1, 20, 16, 3), gan.Scores()

        def step(model, x_real, optimizers):
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


def test_the_saturating_gradient_fades_while_the_other_one_grows():
    torch.manual_seed(0)
    model = Model(1, 784, 32, 8)
    before = [p.clone() for p in model.generator.parameters()]
    early = gan.measure_early_gradients(model, load_mnist(64), num_steps=30, lr=2e-3)
    assert len(early.scores) == len(early.saturating) == len(early.non_saturating) == 31
    assert early.saturating[-1] < 0.1 * early.saturating[0]
    assert early.non_saturating[-1] > early.non_saturating[0]
    assert all(torch.equal(a, b) for a, b in zip(before, model.generator.parameters(), strict=True))


def test_a_discriminator_on_the_line_comes_close_to_the_best_one_and_never_beats_it():
    game = gan.play_on_the_line()
    assert -math.log(4) < game.trained_value <= game.best_value + 1e-6
    assert game.best_value - game.trained_value < 0.02
    crowded = game.data + game.generated > 0.1
    assert (game.trained - game.best)[crowded].abs().max() < 0.15


def test_short_budgets_shorten_the_measurements_too(monkeypatch):
    monkeypatch.setenv("COURSE_MAX_STEPS_PER_EPOCH", "2")
    torch.manual_seed(0)
    assert len(gan.measure_early_gradients(Model(1, 784, 8, 2), load_mnist(16)).scores) == 3
    assert gan.play_on_the_line().trained_value < 0


# The figures


@pytest.mark.parametrize("looks", [1, 40])
def test_figures_are_drawn_for_long_and_for_very_short_runs(looks):
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


def test_the_optimal_discriminator_is_drawn(monkeypatch):
    monkeypatch.setenv("COURSE_MAX_STEPS_PER_EPOCH", "2")
    assert isinstance(gan_figures.show_optimal_discriminator(gan.play_on_the_line()), Figure)


# The checks of the exercises


def said(capsys, check, answer):
    capsys.readouterr()
    check(answer)
    return capsys.readouterr().out


def loss_with_logs(model, z):
    return -torch.log(model.discriminator(model.generator(z))).mean()


def loss_from_logits(model, z):
    return F.softplus(-model.discriminator.net[:-1](model.generator(z))).sum() / len(z)


def step_with_no_grad(model, x_real, z, optimizer):
    optimizer.zero_grad(set_to_none=False)
    with torch.no_grad():
        samples = model.generator(z)
    loss = -model.discriminator(x_real).log().mean() - (1 - model.discriminator(samples)).log().mean()
    loss.backward()
    optimizer.step()
    return loss.detach()


def step_in_one_batch_and_two_backwards(model, x_real, z, optimizer):
    optimizer.zero_grad()
    scores = model.discriminator(torch.cat([x_real, model.generator(z).detach()]))
    real, fake = scores.chunk(2)
    of_real, of_fake = F.binary_cross_entropy(real, 0 * real.detach() + 1), -(1 - fake).log().mean()
    of_real.backward(retain_graph=True)
    of_fake.backward()
    optimizer.step()
    return of_real + of_fake


def count_in_a_loop(points, centers, sigma):
    covered = 0
    for center in centers:
        near = sum(1 for point in points.tolist() if math.dist(point, center.tolist()) < 3 * sigma)
        covered += near / len(points) >= 0.01
    return covered


def count_as_tensor(points, centers, sigma):
    return ((points[:, None] - centers).norm(dim=2) < 3 * sigma).double().mean(0).ge(0.01).sum()


class NoiseFromNormal(RightNoise):
    def forward(self, x):
        return torch.normal(x, self.std) if not x.requires_grad else x + torch.normal(0, self.std, x.shape)


RIGHT = {
    check_gan.generator_loss: [right_loss, loss_with_logs, loss_from_logits],
    check_gan.discriminator_step: [right_step, step_with_no_grad, step_in_one_batch_and_two_backwards],
    check_gan.count_covered_modes: [right_count, count_in_a_loop, count_as_tensor],
    check_gan.instance_noise: [RightNoise, NoiseFromNormal],
}


@pytest.mark.parametrize(("check", "answer"), [(check, answer) for check in RIGHT for answer in RIGHT[check]])
def test_exercise_checks_accept_right_answers_in_any_style(capsys, check, answer):
    output = said(capsys, check, answer)
    assert output.startswith("✓") and "✗" not in output


def saturating(model, z):
    return torch.log(1 - model.discriminator(model.generator(z))).mean()


def found_out(model, z):
    return -torch.log(1 - model.discriminator(model.generator(z))).mean()


def detached(model, z):
    return -torch.log(model.discriminator(model.generator(z).detach())).mean()


def detached_score(model, z):
    return -torch.log(model.discriminator(model.generator(z))).mean().detach()


def per_sample(model, z):
    return -torch.log(model.discriminator(model.generator(z)))


def of_d(model, x_real, z, detach=True):
    samples = model.generator(z)
    samples = samples.detach() if detach else samples
    return -model.discriminator(x_real).log().mean() - (1 - model.discriminator(samples)).log().mean()


def forgets_detach(model, x_real, z, optimizer):
    loss = of_d(model, x_real, z, detach=False)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def forgets_zero_grad(model, x_real, z, optimizer):
    loss = of_d(model, x_real, z)
    loss.backward()
    optimizer.step()
    return loss


def clears_too_late(model, x_real, z, optimizer):
    loss = of_d(model, x_real, z)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss


def forgets_backward(model, x_real, z, optimizer):
    loss = of_d(model, x_real, z)
    optimizer.step()
    return loss


def ascends(model, x_real, z, optimizer):
    loss = of_d(model, x_real, z)
    optimizer.zero_grad()
    (-loss).backward()
    optimizer.step()
    return loss


def returns_value(model, x_real, z, optimizer):
    return -right_step(model, x_real, z, optimizer)


def returns_number(model, x_real, z, optimizer):
    return right_step(model, x_real, z, optimizer).item()


def returns_nothing(model, x_real, z, optimizer):
    right_step(model, x_real, z, optimizer)


def exchanged(model, x_real, z, optimizer):
    samples = model.generator(z).detach()
    loss = -model.discriminator(samples).log().mean() - (1 - model.discriminator(x_real)).log().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def nearest_only(points, centers, sigma):
    return len(torch.cdist(points, centers).argmin(1).unique())


def a_single_point_is_enough(points, centers, sigma):
    return int((torch.cdist(points, centers) < 3 * sigma).any(0).sum())


def by_coordinate(points, centers, sigma):
    return int((((points[:, None] - centers).abs() < 3 * sigma).all(2).float().mean(0) >= 0.01).sum())


def one_sigma(points, centers, sigma):
    return int(((torch.cdist(points, centers) < sigma).float().mean(0) >= 0.01).sum())


def fixed_numbers(points, centers, sigma):
    return right_count(points, gan.ring_centers(), gan.SIGMA)


def share_of_points(points, centers, sigma):
    return (torch.cdist(points, centers) < 3 * sigma).float().mean()


def mask(points, centers, sigma):
    return (torch.cdist(points, centers) < 3 * sigma).float().mean(0) >= 0.01


class InPlace(RightNoise):
    def forward(self, x):
        return x.add_(self.std * torch.randn_like(x))


class Uniform(RightNoise):
    def forward(self, x):
        return x + self.std * torch.rand_like(x)


class Unscaled(RightNoise):
    def forward(self, x):
        return x + torch.randn_like(x)


class Variance(RightNoise):
    def forward(self, x):
        return x + self.std**0.5 * torch.randn_like(x)


class CutOff(RightNoise):
    def forward(self, x):
        return (x + self.std * torch.randn_like(x)).clamp(0, 1)


class OneForAll(RightNoise):
    def forward(self, x):
        return x + self.std * torch.randn(x.shape[1])


class OneForAllPixels(RightNoise):
    def forward(self, x):
        return x + self.std * torch.randn(len(x), 1)


class OnlyNoise(RightNoise):
    def forward(self, x):
        return self.std * torch.randn_like(x)


class Cut(RightNoise):
    def forward(self, x):
        return x.detach() + self.std * torch.randn_like(x)


class Nothing(RightNoise):
    def forward(self, x):
        return x


WRONG = [
    (check_gan.generator_loss, saturating, "saturating"),
    (check_gan.generator_loss, found_out, "the label is 1"),
    (check_gan.generator_loss, detached, "detached"),
    (check_gan.generator_loss, detached_score, "no gradient"),
    (check_gan.generator_loss, per_sample, "got (12, 1), expected ()"),
    (check_gan.discriminator_step, forgets_detach, "detach"),
    (check_gan.discriminator_step, forgets_zero_grad, "zero_grad()"),
    (check_gan.discriminator_step, clears_too_late, "did not move"),
    (check_gan.discriminator_step, forgets_backward, "Only an old gradient"),
    (check_gan.discriminator_step, ascends, "opposite direction"),
    (check_gan.discriminator_step, returns_value, "sign is wrong"),
    (check_gan.discriminator_step, returns_number, "returned float, expected a tensor"),
    (check_gan.discriminator_step, returns_nothing, "return statement"),
    (check_gan.discriminator_step, exchanged, "changed places"),
    (check_gan.count_covered_modes, nearest_only, "A far point covers no mode"),
    (check_gan.count_covered_modes, a_single_point_is_enough, "at least 1 %"),
    (check_gan.count_covered_modes, by_coordinate, "sqrt"),
    (check_gan.count_covered_modes, one_sigma, "Within 3 sigma"),
    (check_gan.count_covered_modes, fixed_numbers, "from the arguments"),
    (check_gan.count_covered_modes, share_of_points, "whole number"),
    (check_gan.count_covered_modes, mask, "whole number"),
    (check_gan.instance_noise, InPlace, "changed x itself"),
    (check_gan.instance_noise, Uniform, "normal distribution"),
    (check_gan.instance_noise, Unscaled, "not scaled"),
    (check_gan.instance_noise, Variance, "standard deviation"),
    (check_gan.instance_noise, CutOff, "cut off"),
    (check_gan.instance_noise, OneForAll, "for every image"),
    (check_gan.instance_noise, OneForAllPixels, "every pixel"),
    (check_gan.instance_noise, OnlyNoise, "Add it to x"),
    (check_gan.instance_noise, Cut, "detach nothing"),
    (check_gan.instance_noise, Nothing, "without noise"),
]


@pytest.mark.parametrize(("check", "answer", "hint"), WRONG, ids=[wrong[1].__name__ for wrong in WRONG])
def test_exercise_checks_name_typical_mistakes_and_say_what_to_try(capsys, check, answer, hint):
    output = said(capsys, check, answer)
    assert output.startswith("✗")
    assert hint in output


@pytest.mark.parametrize("check", RIGHT)
def test_an_exercise_that_is_not_written_yet_is_told_kindly(capsys, check):
    def unwritten(*_):
        raise NotImplementedError

    assert "is not written yet" in said(capsys, check, unwritten)


def test_checking_leaves_the_random_state_alone(capsys):
    torch.manual_seed(1)
    state = torch.get_rng_state()
    for check, answers in RIGHT.items():
        check(answers[0])
    assert torch.equal(torch.get_rng_state(), state)


def test_the_lab_never_imports_the_autograder():
    for module in (gan, gan_figures, check_gan):
        assert "autograder" not in Path(module.__file__).read_text()
