"""The four exercises of the class lab on generative adversarial networks."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder.plans import draw_weights, expect, given, plan, slip
from course_utils.labs.gan import MODES, SIGMA, ring_centers
from course_utils.models import Model

SIZES, RATE = (1, 20, 16, 3), 0.5
PLAYERS = ("encoder", "generator", "discriminator")
SATURATING = slip("saturating-loss", "This is the saturating loss, the mean of log(1 - D(G(z))). Use the other one.")
TOWARDS_FAKE = slip("labels-swapped", "This is low when D recognizes the samples. The label of samples is 1 here.")
SIGN = slip("wrong-sign", "The sign is wrong: put a minus before the logarithm.")
SUM = slip("sum-instead-of-mean", "This is the sum over the mini-batch. Take the mean.", earned=0.5)
NO_LOGARITHM = slip("no-logarithm", "This is the mean of D(G(z)) itself, with a minus. Take the logarithm.")
LOG_OF_MEAN = slip("logarithm-of-the-mean", "Take the mean of the logarithms, not the logarithm of the mean.")
HALVED = slip("loss-halved", "This is a half of it. Add the two means, without a factor.", earned=0.5)
REAL_ONLY = slip("real-images-only", "This is the half for real images only. Add the half for samples.")
SAMPLES_ONLY = slip("samples-only", "This is the half for samples only. Add the half for real images.")
MAXIMIZED = slip("loss-maximized", "The sign is wrong: this is V, which D maximizes.")
NOT_MOVED = slip("no-step", "D did not move. Call backward() on the loss, and then optimizer.step().")
STALE = slip("stale-gradient", "The update also holds an old gradient. Call optimizer.zero_grad() before backward().")
STALE_ONLY = slip("stale-gradient-only", "Only an old gradient was applied. Call zero_grad(), backward(), then step().")
UPHILL = slip("uphill", "D moved in the opposite direction: it raises its loss.")
FIXED = slip("fixed-numbers", "This counts modes of the notebook's ring. Take centers and sigma as given.")
FAR = slip("far-points-counted", "Points count that are far from every center. A far point covers no mode.")
SMALL = slip("radius-too-small", "Some points within 3 sigma are left out. How far does your radius reach?")
LARGE = slip("radius-too-large", "Points farther than 3 sigma are counted, too. How far does your radius reach?")
BOXES = slip("box-for-disk", "This looks at each coordinate by itself. The distance is sqrt(dx^2 + dy^2).")
ANY = slip("single-points-count", "A single stray point covers no mode: at least 1 % of all points must be close.")
TENTH = slip("share-too-high", "A mode with 2 % of the points is covered: 1 % is enough.")
OF_NEAR = slip("share-of-near-points", "The 1 % are of all points, also of those that are far from every center.")
POINTS = slip("points-counted", "This is a number of points. Count the modes.")
NOT_SCALED = slip("noise-not-scaled", "This is the deviation when the noise is not scaled. Multiply it by self.std.")
VARIANCE = slip("std-taken-for-variance", "This looks like the variance. self.std is the standard deviation.")
SQUARED = slip("std-squared", "This looks like self.std squared. Multiply the noise by self.std itself.")
NOISE_ALONE = slip("noise-alone", "This is the noise alone. Add it to x.")


def model_of(seed):
    model = Model(*SIZES)
    model.load_state_dict(draw_weights({name: p.shape for name, p in model.named_parameters()}, seed))
    return model


def logits_of(model):
    return nn.Sequential(*list(model.discriminator.net)[:-1])


@plan("check_generator_loss", public=True)
def generator_losses(ask):
    runs = []
    for n in (12, 5):
        seed, z = ask.draw(), ask.randn(n, 3)
        model = ask.module(given("course_utils.models:Model"), *SIZES, weights=seed)
        loss = ask.call("generator_loss", model, z)
        runs.append((seed, z, loss, ask.gradient(loss, {"G": model.part("generator")})))
    return runs


@plan("check_discriminator_step", public=True)
def steps(ask):
    runs = []
    for n in (12, 5):
        seed, x, z, old = ask.draw(), ask.rand(n, 20), ask.randn(n, 3), ask.rand(4, 20)
        model = ask.module(given("course_utils.models:Model"), *SIZES, weights=seed)
        parts = {name: model.part(name) for name in PLAYERS}
        ask.backward(ask.call(parts["discriminator"], old))  # a gradient that an earlier step has left in D
        before = {name: ask.state(part) for name, part in parts.items()}
        loss = ask.call("discriminator_step", model, x, z, ask.optimizer("SGD", parts["discriminator"], lr=RATE))
        after = {name: ask.state(part) for name, part in parts.items()}
        left = ask.held_gradients(parts["generator"])
        learns = ask.gradient(ask.call(parts["generator"], z), {"the generator": parts["generator"]})
        runs.append((seed, x, z, old, loss, before, after, left, learns))
    return runs


@plan("check_count_covered_modes", public=True)
def counts(ask):
    angle, sigma = 6 * float(ask.rand(1)), SIGMA * (1.5 + float(ask.rand(1)))
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    centers = (ring_centers() - 0.5) @ turn * 2 + ask.rand(2)

    def around(modes, each, distance, angle=0.0, turns=1.0):
        """Points around some modes, `each` around each of them, at a distance in standard deviations."""
        angles = angle + turns * torch.arange(each) * 2 * math.pi / each
        circle = torch.stack([angles.cos(), angles.sin()], dim=1)
        return (centers[modes][:, None] + distance * sigma * circle).flatten(0, 1)

    every = list(range(MODES))
    far = around(every, 75, 6)
    cases = [
        (around(every, 50, 0.9), "Compare each point with each center, and take centers and sigma from the arguments."),
        (torch.cat([far, around([1, 4, 6], 100, 0.9)]), "A far point covers no mode."),
        (around([0, 2, 3, 7], 100, 2.9), "Within 3 sigma counts."),
        (around(every[:6], 100, 3.4, turns=0.0), "Farther than 3 sigma is outside."),
        (around(every[:5], 100, 3.4, math.pi / 4, turns=0.0), "The distance is sqrt(dx^2 + dy^2)."),
        (torch.cat([around([1, 4, 6], 300, 0.9), around([0, 2, 3, 5, 7], 1, 0.9)]), "At least 1 % must be close."),
        (torch.cat([far, around([5], 12, 0.9)]), "12 of 612 points are 2 %: that is enough."),
        (torch.cat([far, around([2], 60, 0.9), around([5], 3, 0.9)]), "3 of 663 points are too few, far ones or not."),
        (centers[:3] + 0.1 * sigma, "There may be fewer points than modes."),
    ]
    asked = [(points, hint, ask.call("count_covered_modes", points, centers, sigma)) for points, hint in cases]
    return centers, sigma, asked


@plan("check_instance_noise", public=True)
def noises(ask):
    x = torch.full((400, 50), 0.25)
    x[:, 25:] = 0.9
    strong, weak = ask.module("InstanceNoise", 0.5), ask.module("InstanceNoise", 0.1)
    live = ask.value(ask.rand(3, 4), requires_grad=True)
    through = ask.call(strong, live)
    noisy = [ask.call(strong, x), ask.call(strong, x), ask.call(weak, x)]
    return x, noisy, ask.gradient(through, {"x": live})


@pytest.mark.check(cell="check_generator_loss", points=1)
def test_generator_loss_is_non_saturating(generator_losses):
    """The loss of G is the mean of -log D(G(z)), and its gradient reaches G."""
    for seed, z, loss, gradient in generator_losses:
        model = model_of(seed)
        with torch.no_grad():
            logits = logits_of(model)(model.generator(z))  # (n, 1)
        to_real, to_fake, scores = F.softplus(-logits), F.softplus(logits), logits.sigmoid()
        slips = {
            SATURATING: -to_fake.mean(),
            TOWARDS_FAKE: to_fake.mean(),
            SIGN: -to_real.mean(),
            SUM: to_real.sum(),
            NO_LOGARITHM: -scores.mean(),
            LOG_OF_MEAN: -scores.mean().log(),
        }
        expect(loss).close(to_real.mean(), slips, hint="It is the cross-entropy of the scores of samples towards 1.")
        expect(gradient).reaches(hint="Is a sample detached on its way? Here it must not be.")


@pytest.mark.check(cell="check_discriminator_step", points=1)
def test_step_moves_the_discriminator_alone(steps):
    """A step moves D along the gradient of its loss, leaves E and G alone, and returns the loss."""
    for seed, x, z, old, loss, before, after, left, learns in steps:
        model = model_of(seed)
        logits, samples = logits_of(model), model.generator(z).detach()
        real, fake = F.softplus(-logits(x)).mean(), F.softplus(logits(samples)).mean()
        own = dict(model.discriminator.named_parameters())
        right = real + fake
        gradients = dict(zip(own, torch.autograd.grad(right, list(own.values()), retain_graph=True), strict=True))
        stale = dict(zip(own, torch.autograd.grad(model.discriminator(old).sum(), list(own.values())), strict=True))
        slips = {HALVED: right / 2, REAL_ONLY: real, SAMPLES_ONLY: fake, MAXIMIZED: -right}
        slips[TOWARDS_FAKE] = F.softplus(logits(x)).mean() + F.softplus(-logits(samples)).mean()
        hint = "It is the cross-entropy of real images towards 1 plus that of samples towards 0, as a tensor."
        expect(loss, "the loss that `discriminator_step` returned").close(right, slips, hint=hint)
        expect(loss).leaves_arguments_alone()
        for name in ("encoder", "generator"):
            weights = dict(getattr(model, name).named_parameters())
            seen, hint = expect(after[name], f"the {name}"), "Only D should move."
            seen.close(weights, hint=hint, tolerance=0.0, mistake="other-player-moved")
        expect(left).misses(hint="Detach the samples before D sees them.", mistake="samples-not-detached")
        hint = "Set requires_grad of its weights to True again, or detach the samples and freeze nothing."
        expect(learns, "what G draws after the step").reaches(hint=hint)

        def moved(step, own=own):
            return {name: own[name] + step[name] for name in own}

        down = {name: -RATE * gradient for name, gradient in gradients.items()}
        moves = {
            NOT_MOVED: own,
            STALE: moved({name: down[name] - RATE * stale[name] for name in own}),
            STALE_ONLY: moved({name: -RATE * stale[name] for name in own}),
            UPHILL: moved({name: -down[name] for name in own}),
        }
        seen, since = expect(after["discriminator"], "the discriminator"), before["discriminator"]
        seen.close(moved(down), moves, tolerance=1e-3, since=since, mistake="wrong-update")


def covered(points, centers, sigma, reach=3.0, least=0.01):
    """How many modes have enough points within `reach` standard deviations."""
    squares = (points[:, None] - centers).square().sum(2)  # (n, modes)
    return int(((squares <= (reach * sigma) ** 2).double().mean(0) >= least).sum())


@pytest.mark.check(cell="check_count_covered_modes", points=1)
def test_covered_modes_are_counted(counts):
    """A mode is covered by at least 1 % of the points within 3 sigma."""
    centers, sigma, runs = counts
    for points, hint, got in runs:
        inside = (points[:, None] - centers).abs().amax(2) <= 3 * sigma  # (n, modes)
        distances = (points[:, None] - centers).norm(dim=2)
        near = points[(distances <= 3 * sigma).any(1)]
        slips = {  # where two give the same count, the first one is meant: an earlier case has found the other
            OF_NEAR: covered(near, centers, sigma) if len(near) else 0,
            ANY: covered(points, centers, sigma, least=1e-9),
            SMALL: covered(points, centers, sigma, reach=2),
            BOXES: int((inside.double().mean(0) >= 0.01).sum()),
            LARGE: covered(points, centers, sigma, reach=4),
            FAR: len(distances.argmin(1).unique()),
            TENTH: covered(points, centers, sigma, least=0.1),
            POINTS: int((distances <= 3 * sigma).any(1).sum()),
            FIXED: covered(points, ring_centers(), SIGMA),
        }
        expect(got).close(covered(points, centers, sigma), slips, hint=hint, mistake="wrong-count")


@pytest.mark.check(cell="check_instance_noise", points=1)
def test_noise_is_normal(noises):
    """The module adds fresh normal noise of the deviation that it is given, and lets gradients pass."""
    x, (noisy, again, weak), gradient = noises
    expect(noisy).has_shape(400, 50, hint="One noisy value for each pixel of each image.")
    expect(noisy).leaves_arguments_alone(hint="Return a new tensor.")
    expect(noisy).is_random(again, about=x, hint="Draw it in forward, as large as x, anew each time.")
    slips = {NOT_SCALED: (x, 1.0), VARIANCE: (x, 0.5**0.5), SQUARED: (x, 0.25), NOISE_ALONE: (0.0, 0.5)}
    hint = "Add noise from N(0, 1) times self.std to x, and do not cut the result off."
    expect(noisy, "`InstanceNoise(0.5)`").is_normal(x, 0.5, slips, hint=hint)
    expect(weak, "`InstanceNoise(0.1)`").is_normal(x, 0.1, hint=hint)
    expect(gradient).reaches(hint="Add the noise to x, and detach nothing.")
