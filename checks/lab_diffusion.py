"""The four exercises of the class lab on denoising diffusion."""

import math

import pytest
import torch

from autograder.plans import draw_weights, expect, given, plan, slip
from course_utils.diffusion import Denoiser

STEPS = 12
ALPHA = slip("alpha-for-alpha-bar", "This is alpha_t, of one step alone. alpha_bar[t] is the product of all up to t.")
ROOTS = slip("roots-forgotten", "The roots are missing: alpha_bar and 1 - alpha_bar are variances, not factors.")
ROOT_OF_NOISE = slip("root-of-the-noise-forgotten", "The noise is multiplied by its variance. Take the root.")
ROOT_OF_IMAGE = slip("root-of-the-image-forgotten", "The image is multiplied by alpha_bar[t]. Take the root.")
ONE_MINUS_ROOT = slip("one-minus-the-root", "The noise is multiplied by 1 - sqrt(alpha_bar[t]): subtract first.")
EXCHANGED = slip("image-and-noise-exchanged", "Image and noise have changed places: alpha_bar is the image's share.")
EARLIER = slip("t-off-by-one", "This is the formula for t - 1: alpha_bar[0] is 1, so t counts as in the text.")
WRONG_AXIS = slip("along-the-wrong-axis", "Each t must go with a row: give alpha_bar[t] the shape (n, 1).")
COSINE_ALONE = slip("square-forgotten", "The cosine is not squared.")
NOT_DIVIDED = slip("not-divided", "alpha_bar[0] is not 1: divide by f(0).", earned=0.5)
NO_OFFSET = slip("offset-ignored", "The offset s is not used.")
NOT_STRETCHED = slip("not-divided-by-1-plus-s", "Divide t / T + s by 1 + s, so that alpha_bar ends at 0.")
WHOLE_PI = slip("pi-for-half-pi", "The angle goes up to pi. It should end at pi / 2.")
REVERSED = slip("schedule-reversed", "It rises from 0 to 1. The image must fade: alpha_bar falls from 1 to 0.")
BETA = slip("one-minus-alpha-bar", "This is 1 - alpha_bar, the share of the noise.")
RATIOS = slip("alpha-for-alpha-bar", "These are the alphas, quotients of neighbors. Return alpha_bar itself.")
TOO_SLOW = slip("ends-too-early", "t goes from 0 to T, but here it is divided by T + 1.")
IMAGE_AS_TARGET = slip("image-as-target", "The prediction is compared with the image. The target is the noise.")
NOISY_AS_TARGET = slip("noisy-image-as-target", "The prediction is compared with x_t. The target is the noise alone.")
CLEAN_INPUT = slip("clean-image-denoised", "The model was given x_0. It must see x_t, in which the noise is.")
NOISE_INPUT = slip("noise-denoised", "The model was given the noise itself. It must see x_t.")
SUM = slip("sum-instead-of-mean", "This is the sum over all numbers. Take the mean.", earned=0.5)
SUM_OF_PIXELS = slip("sum-over-pixels", "This is summed over the pixels. Take the mean over them, too.", earned=0.5)
ABSOLUTE = slip("absolute-error", "This is the mean absolute error. Take the squares.")
ROOT_OF_MEAN = slip("root-of-the-mean", "This is the root of the mean squared error. Leave it out.", earned=0.5)
TIME_SHIFTED = slip("t-off-by-one", "The model was given t - 1. It must be told the same t as the formula of x_t.")
VARIANCE = slip("variance-for-deviation", "z is multiplied by the variance beta_t. Take the root.")
POSTERIOR = slip("posterior-variance", "This is the other variance of the paper. Take sigma_t^2 = beta_t.", earned=0.5)
NO_NOISE = slip("noise-left-out", "This is the mean alone. Add sigma_t times z.")
BARE_NOISE = slip("noise-not-scaled", "z is added as it is. Multiply it by sigma_t, the root of beta_t.")
SHARE_OF_NOISE = slip("deviation-of-the-noise", "sigma_t is sqrt(1 - alpha_bar[t]) here: that is all noise up to t.")
BARS = slip("alpha-bar-for-alpha", "It is divided by the root of alpha_bar[t]. One step back divides by sqrt(alpha_t).")
NO_DIVISION = slip("not-divided-by-the-root-of-alpha", "Divide by sqrt(alpha_t): the image grows again.")
NO_ROOT_BELOW = slip("roots-forgotten", "beta_t is divided by 1 - alpha_bar[t]. Divide by its root.")
WHOLE_NOISE = slip("all-noise-removed", "beta_t / sqrt(1 - alpha_bar[t]) must stand before the predicted noise.")
PLUS = slip("wrong-sign", "The predicted noise is added. Subtract it.")
LATER = slip("noise-at-the-last-step", "At t = 1 noise was added, which nothing removes any more. Return the mean.")


def schedule(ask):
    """alpha_bar of 12 steps that differ, (13,)."""
    return torch.cat([torch.ones(1), (1 - 0.05 - 0.3 * ask.rand(STEPS)).cumprod(0)])


def mixed(x_0, epsilon, share):
    """What x_t is, where the share of the image is `share`."""
    return share.sqrt() * x_0 + (1 - share).sqrt() * epsilon


def slips_of_mixing(x_0, t, epsilon, alpha_bar):
    """What x_t is after well-known mistakes."""
    bar, before = alpha_bar[t].unsqueeze(1), alpha_bar[t - 1].unsqueeze(1)
    slips = {
        ALPHA: mixed(x_0, epsilon, bar / before),
        ROOTS: bar * x_0 + (1 - bar) * epsilon,
        ROOT_OF_NOISE: bar.sqrt() * x_0 + (1 - bar) * epsilon,
        ROOT_OF_IMAGE: bar * x_0 + (1 - bar).sqrt() * epsilon,
        ONE_MINUS_ROOT: bar.sqrt() * x_0 + (1 - bar.sqrt()) * epsilon,
        EXCHANGED: mixed(epsilon, x_0, bar),
        EARLIER: mixed(x_0, epsilon, before),
    }
    return slips | ({WRONG_AXIS: mixed(x_0, epsilon, bar.T)} if x_0.shape[0] == x_0.shape[1] else {})


@plan("check_add_noise", public=True)
def noisy(ask):
    runs = []
    for n, pixels in ((5, 5), (4, 7), (1, 3)):
        x_0, epsilon, alpha_bar = ask.rand(n, pixels) * 2 - 1, ask.randn(n, pixels), schedule(ask)
        t = ask.randint(STEPS, n) + 1
        runs.append((x_0, t, epsilon, alpha_bar, ask.call("add_noise", x_0, t, epsilon, alpha_bar)))
        runs.append((x_0, t, epsilon, alpha_bar, ask.call("add_noise", x_0, t, epsilon, alpha_bar)))
    return runs


@plan("check_cosine_schedule", public=True)
def schedules(ask):
    runs = [(steps, s, ask.call("cosine_schedule", steps, s)) for steps, s in ((10, 0.1), (64, 0.03))]
    return [*runs, (25, 0.008, ask.call("cosine_schedule", 25))]


@plan("check_noise_loss", public=True)
def noise_losses(ask):
    runs = []
    for n, pixels in ((5, 6), (3, 8)):
        x_0, epsilon, alpha_bar, seed = ask.rand(n, pixels) * 2 - 1, ask.randn(n, pixels), schedule(ask), ask.draw()
        t = ask.randint(STEPS, n) + 1
        model = ask.module(given("course_utils.diffusion:Denoiser"), 1, pixels, 9, alpha_bar, weights=seed)
        loss, again = (ask.call("noise_loss", model, x_0, t, epsilon, alpha_bar) for _ in range(2))
        runs.append((x_0, t, epsilon, alpha_bar, seed, loss, again, ask.gradient(loss, {"the model": model})))
    return runs


def steps_back(ask, times):
    runs = []
    for t in times:
        x_t, predicted, z, alpha_bar = ask.randn(3, 6) * 2, ask.randn(3, 6), ask.randn(3, 6), schedule(ask)
        one, other = (ask.call("denoise_step", x_t, t, predicted, z, alpha_bar) for _ in range(2))
        runs.append((x_t, t, predicted, z, alpha_bar, one, other))
    return runs


@plan("check_denoise_step", public=True)
def early_steps(ask):
    return steps_back(ask, (STEPS, 2, STEPS // 2))


@plan("check_denoise_step", public=True)
def last_steps(ask):
    return steps_back(ask, (1,))


@pytest.mark.check(cell="check_add_noise", points=1)
def test_noisy_image_is_in_closed_form(noisy):
    """x_t is sqrt(alpha_bar[t]) times the image plus sqrt(1 - alpha_bar[t]) times the noise, with each image's t."""
    hint = "Look up alpha_bar at each t, give it the shape (n, 1), and mix image and noise with the two roots."
    for (x_0, t, epsilon, alpha_bar, got), (*_, again) in zip(noisy[::2], noisy[1::2], strict=True):
        expect(got).same_as(again, hint="Use epsilon, and draw no noise of your own.", mistake="own-noise")
        right = mixed(x_0, epsilon, alpha_bar[t].unsqueeze(1))
        expect(got).close(right, slips_of_mixing(x_0, t, epsilon, alpha_bar), hint=hint)
        expect(got).leaves_arguments_alone()


@pytest.mark.check(cell="check_cosine_schedule", points=1)
def test_schedule_is_the_cosine(schedules):
    """alpha_bar falls from 1 to 0 like a squared cosine, at T + 1 times, with the offset s."""
    for steps, s, got in schedules:
        u = torch.arange(steps + 1, dtype=torch.float64) / steps

        def angle(u, s=s):
            return (u + s) / (1 + s) * math.pi / 2

        f = angle(u).cos() ** 2
        right = f / f[0]
        slips = {
            COSINE_ALONE: f.sqrt() / f[0].sqrt(),
            NOT_DIVIDED: f,
            NO_OFFSET: angle(u, 0).cos() ** 2,
            NOT_STRETCHED: ((u + s) * math.pi / 2).cos() ** 2 / math.cos(s * math.pi / 2) ** 2,
            WHOLE_PI: (2 * angle(u)).cos() ** 2 / (2 * angle(u[0])).cos() ** 2,
            REVERSED: right.flip(0),
            BETA: 1 - right,
            RATIOS: torch.cat([right[:1], right[1:] / right[:-1]]),
            TOO_SLOW: angle(u * steps / (steps + 1)).cos() ** 2 / f[0],
        }
        hint = f"It has T + 1 = {steps + 1} numbers, f(t) / f(0) for t = 0, 1, ..., T."
        expect(got).has_shape(steps + 1, hint=hint)
        expect(got).close(right, slips, hint="Compare with f(t) / f(0), term by term.")


@pytest.mark.check(cell="check_noise_loss", points=1)
def test_loss_compares_the_noise(noise_losses):
    """The loss is the mean squared difference of the noise and what the model predicts from the noisy image."""
    for x_0, t, epsilon, alpha_bar, seed, got, again, gradient in noise_losses:
        model = Denoiser(1, x_0.shape[1], 9, alpha_bar)
        shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
        model.load_state_dict(draw_weights(shapes, seed) | {"alpha_bar": alpha_bar})
        x_t = mixed(x_0, epsilon, alpha_bar[t].unsqueeze(1))
        with torch.no_grad():
            error = model(x_t, t) - epsilon  # (n, pixels)
            slips = {
                IMAGE_AS_TARGET: (model(x_t, t) - x_0).square().mean(),
                NOISY_AS_TARGET: (model(x_t, t) - x_t).square().mean(),
                CLEAN_INPUT: (model(x_0, t) - epsilon).square().mean(),
                NOISE_INPUT: (model(epsilon, t) - epsilon).square().mean(),
                SUM: error.square().sum(),
                SUM_OF_PIXELS: error.square().sum(1).mean(),
                ABSOLUTE: error.abs().mean(),
                ROOT_OF_MEAN: error.square().mean().sqrt(),
                TIME_SHIFTED: (model(x_t, t - 1) - epsilon).square().mean(),
            }
            slips |= {
                name: (model(wrong, t) - epsilon).square().mean()
                for name, wrong in slips_of_mixing(x_0, t, epsilon, alpha_bar).items()
            }
        expect(got).is_scalar()
        expect(got).same_as(again, hint="Use epsilon in x_t and as the target; draw no other.", mistake="own-noise")
        expect(got).close(error.square().mean(), slips, hint="Does exercise 1 pass its check?")
        expect(gradient).reaches(hint="Is something detached, or under torch.no_grad()?")


def step_back(x_t, predicted, noise, alpha_bar, t):
    """x_{t-1}, where `noise` is what is added to the mean."""
    alpha = alpha_bar[t] / alpha_bar[t - 1]
    return (x_t - (1 - alpha) / (1 - alpha_bar[t]).sqrt() * predicted) / alpha.sqrt() + noise


def slips_of_step_back(x_t, t, predicted, z, alpha_bar):
    """What x_{t-1} is after well-known mistakes."""
    bar, before = alpha_bar[t], alpha_bar[t - 1]
    alpha, beta = bar / before, 1 - bar / before
    mean, noise = step_back(x_t, predicted, 0, alpha_bar, t), beta.sqrt() * z
    earlier = alpha_bar[t - 1] / alpha_bar[t - 2]
    return {
        VARIANCE: mean + beta * z,
        POSTERIOR: mean + (beta * (1 - before) / (1 - bar)).sqrt() * z,
        NO_NOISE: mean,
        BARE_NOISE: mean + z,
        SHARE_OF_NOISE: mean + (1 - bar).sqrt() * z,
        BARS: mean * (alpha / bar).sqrt() + noise,
        NO_DIVISION: mean * alpha.sqrt() + noise,
        NO_ROOT_BELOW: (x_t - beta / (1 - bar) * predicted) / alpha.sqrt() + noise,
        WHOLE_NOISE: (x_t - (1 - bar).sqrt() * predicted) / alpha.sqrt() + noise,
        PLUS: step_back(x_t, -predicted, noise, alpha_bar, t),
        ALPHA: (x_t - (1 - bar).sqrt() * predicted) / bar.sqrt() + (1 - bar).sqrt() * z,
        ROOTS: (x_t - beta / (1 - bar) * predicted) / alpha + beta * z,
        EARLIER: step_back(x_t, predicted, (1 - earlier).sqrt() * z, alpha_bar, t - 1),
    }


@pytest.mark.check(cell="check_denoise_step", points=0.5)
def test_step_back_is_that_of_the_reverse_chain(early_steps):
    """x_{t-1} is the mean that follows from the predicted noise, plus sqrt(beta_t) z."""
    hint = "Compute alpha_t = alpha_bar[t] / alpha_bar[t - 1] and beta_t first, then the mean, then add the noise."
    for x_t, t, predicted, z, alpha_bar, got, again in early_steps:
        deviation = (1 - alpha_bar[t] / alpha_bar[t - 1]).sqrt()
        expect(got).same_as(again, hint="Use z, and draw no noise of your own.", mistake="own-noise")
        right = step_back(x_t, predicted, deviation * z, alpha_bar, t)
        expect(got).close(right, slips_of_step_back(x_t, t, predicted, z, alpha_bar), hint=hint)
        expect(got).leaves_arguments_alone()


@pytest.mark.check(cell="check_denoise_step", points=0.5)
def test_last_step_adds_no_noise(last_steps):
    """The step from t = 1 to t = 0 gives the mean, without noise."""
    for x_t, t, predicted, z, alpha_bar, got, _ in last_steps:
        mean, beta = step_back(x_t, predicted, 0, alpha_bar, t), 1 - alpha_bar[1]
        slips = slips_of_step_back(x_t, t, predicted, 0 * z, alpha_bar)
        slips |= {LATER: mean + beta.sqrt() * z, BARE_NOISE: mean + z, VARIANCE: mean + beta * z}
        expect(got).close(mean, slips, hint="At t = 1 it is the mean alone.")
