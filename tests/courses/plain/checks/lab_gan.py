"""The four exercises of the class lab on generative adversarial networks."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder.plans import draw_weights, expect, given, plan, slip
from course_utils.labs.gan import RADIUS, SIGMA, ring_centers
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
NOT_SCALED = slip("noise-not-scaled", "This is the deviation when the noise is not scaled. Multiply it with self.std.")
VARIANCE = slip("std-taken-for-variance", "This looks like the variance. self.std is the standard deviation.")
SQUARED = slip("std-squared", "This looks like self.std squared. Multiply the noise with self.std itself.")
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
        runs.append((seed, x, z, old, loss, before, after, ask.held_gradients(parts["generator"])))
    return runs


@plan("check_count_covered_modes", public=True)
def counts(ask):
    centers, angles = ring_centers(), torch.linspace(0, 6, 300)
    circle = torch.stack([angles.cos(), angles.sin()], dim=1)

    def around(modes, each, distance):
        return (centers[modes][:, None] + distance * SIGMA * circle[:: 300 // each]).flatten(0, 1)

    far = torch.full((600, 2), 0.5)  # in the middle of the ring
    stray = torch.cat([around([1, 4, 6], 300, 1), around([0, 2, 3, 5, 7], 1, 1)])
    cases = [
        (around(list(range(8)), 50, 1), 8, "Compare each point with each center."),
        (torch.cat([far, around([1, 4, 6], 100, 1)]), 3, "A far point covers no mode."),
        (around([0, 2, 3, 7], 100, 2.9), 4, "Within 3 sigma counts."),
        (around(list(range(8)), 100, 3.5), 0, "The distance is sqrt(dx^2 + dy^2): farther than 3 sigma is outside."),
        (stray, 3, "A single stray point covers no mode: at least 1 % of all points must be close."),
        (torch.cat([far, around([5], 12, 1)]), 1, "12 of 612 is 2 %."),
    ]
    asked = [(right, hint, ask.call("count_covered_modes", points, centers, SIGMA)) for points, right, hint in cases]
    others = centers[:3] * RADIUS * 10, centers[:5] * RADIUS * 10, 0.5 * SIGMA
    return [*asked, (3, "Take centers and sigma from the arguments.", ask.call("count_covered_modes", *others))]


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


@pytest.mark.check(cell="check_discriminator_step", points=2)
def test_step_moves_the_discriminator_alone(steps):
    """A step moves D along the gradient of its loss, leaves E and G alone, and returns the loss."""
    for seed, x, z, old, loss, before, after, left in steps:
        model = model_of(seed)
        logits, samples = logits_of(model), model.generator(z).detach()
        real, fake = F.softplus(-logits(x)).mean(), F.softplus(logits(samples)).mean()
        own = dict(model.discriminator.named_parameters())
        right = real + fake
        gradients = dict(zip(own, torch.autograd.grad(right, own.values(), retain_graph=True), strict=True))
        stale = dict(zip(own, torch.autograd.grad(model.discriminator(old).sum(), own.values()), strict=True))
        slips = {HALVED: right / 2, REAL_ONLY: real, SAMPLES_ONLY: fake, MAXIMIZED: -right}
        slips[TOWARDS_FAKE] = F.softplus(logits(x)).mean() + F.softplus(-logits(samples)).mean()
        expect(loss, "the loss that `discriminator_step` returned").close(right, slips)
        expect(loss).leaves_arguments_alone()
        for name in ("encoder", "generator"):
            weights = dict(getattr(model, name).named_parameters())
            told = {"tolerance": 0.0, "mistake": "other-player-moved", "hint": "Only D should move."}
            expect(after[name], f"the {name}").close(weights, **told)
        expect(left).misses(hint="Detach the samples before D sees them.", mistake="samples-not-detached")

        def moved(step, own=own):
            return {name: own[name] + step[name] for name in own}

        down = {name: -RATE * gradient for name, gradient in gradients.items()}
        slips = {
            NOT_MOVED: own,
            STALE: moved({name: down[name] - RATE * stale[name] for name in own}),
            STALE_ONLY: moved({name: -RATE * stale[name] for name in own}),
            UPHILL: moved({name: -down[name] for name in own}),
        }
        told = {"tolerance": 1e-3, "since": before["discriminator"], "mistake": "wrong-update"}
        expect(after["discriminator"], "the discriminator").close(moved(down), slips, **told)


@pytest.mark.check(cell="check_count_covered_modes", points=1)
def test_covered_modes_are_counted(counts):
    """A mode is covered by at least 1 % of the points within 3 sigma."""
    for right, hint, got in counts:
        expect(got).close(right, hint=hint, mistake="wrong-count")


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
