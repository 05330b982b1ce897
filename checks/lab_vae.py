"""The four exercises of the class lab on variational autoencoders."""

import pytest
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal, kl_divergence

from autograder.plans import expect, plan, slip

VARIANCE = slip("variance-for-deviation", "This takes sigma = exp(log_var), but that is the variance: halve log_var.")
LOGARITHM = slip("logarithm-for-deviation", "Here the logarithm itself multiplies the noise. exp(log_var / 2) should.")
SIGN_OF_LOG = slip("sign-of-log-var", "Here sigma is exp(-log_var / 2). Check the sign.")
EXCHANGED = slip("mean-and-noise-exchanged", "Mean and noise have changed places: z = mean + sigma * epsilon.")
NO_NOISE = slip("noise-left-out", "This is the mean alone. Add sigma times epsilon.")
WRONG_SIGN = slip("wrong-sign", "The sign is wrong: a divergence is never negative.")
HALF_MISSING = slip("half-missing", "This is twice the divergence. The factor 1/2 is missing.", earned=0.5)
ONE_MISSING = slip("one-missing", "The term -1 is missing: for mean 0 and log_var 0 the divergence must be 0.")
LOG_SIGMA = slip("log-var-for-log-sigma", "Here log_var is taken for log sigma. sigma^2 is exp(log_var).")
NOT_SQUARED = slip("mean-not-squared", "The mean is not squared.")
NO_LOGARITHM = slip("logarithm-missing", "The term -log sigma^2 is missing: without it sigma = 0 would cost nothing.")
DEVIATION = slip("deviation-for-variance", "Here sigma stands where sigma^2 belongs. sigma^2 is exp(log_var).")
OTHER_WAY = slip("divergence-reversed", "This is the divergence the other way round, of N(0, I) from q.")
CLAMPED = slip("log-var-clamped", "Here log_var is kept between two limits. The divergence is that of any log_var.")
MEAN_OF_PIXELS = slip("mean-over-pixels", "This is the mean over the pixels, not their sum.", earned=0.5)
SUM_OF_IMAGES = slip("sum-over-images", "This is summed over the images, too: it grows with the mini-batch.")
SQUARED_ERROR = slip("squared-error", "This is the squared error: use the binary cross-entropy.")
EXCHANGED_LOSSES = slip("losses-exchanged", "The two losses are exchanged: the reconstruction comes first.", earned=0.5)
EXCHANGED_IMAGES = slip("arguments-exchanged", "In F.binary_cross_entropy, what G draws comes first, and then x.")
MEAN_OF_DIMENSIONS = slip("mean-over-dimensions", "This is the mean over the dimensions, not their sum.", earned=0.5)
FALLS = slip("weight-falls", "It falls from beta to 0. The weight should rise.")
AT_ONCE = slip("no-warm-up", "It is beta from the first step on. Let it rise from 0 with step / warm_up_steps.")
JUMPS = slip("weight-jumps", "It is 0 during the whole warm-up. It should rise evenly.")
NO_BETA = slip("beta-forgotten", "This is the share of the warm-up alone. Multiply it by beta.")
EARLY = slip("off-by-one", "This is the weight of the step after. The first step, 0, has the weight 0.", earned=0.5)
RISES_ON = slip("weight-rises-on", "It rises beyond beta. Take the smaller of 1 and step / warm_up_steps.")
ZERO_AT_FIRST = slip("zero-without-warm-up", "It is 0 in the first step. Without a warm-up it is beta at once.")
WIDEST = 8.0  # the logarithm of a variance may be so large, or so small
SHARES = (0.25, 0.0, 1.0, 2.5)  # of the warm-up that are over


@plan("check_reparameterize", public=True)
def samples(ask):
    runs = []
    for n, size in ((5, 3), (1, 7)):
        mean, log_var, epsilon = (ask.randn(n, size) for _ in range(3))
        live = [ask.value(mean, requires_grad=True), ask.value(log_var, requires_grad=True)]
        z, again = (ask.call("reparameterize", *live, epsilon) for _ in range(2))
        runs.append((mean, log_var, epsilon, z, again, ask.gradient(z, {"mean": live[0], "log_var": live[1]})))
    return runs


@plan("check_divergence", public=True)
def divergences(ask):
    runs = []
    wide = torch.linspace(-WIDEST, WIDEST, 6).reshape(2, 3) + ask.rand(2, 3)
    for n, size, log_var in ((4, 3, ask.randn(4, 3)), (1, 5, ask.randn(1, 5)), (2, 3, wide)):
        mean = ask.randn(n, size)
        live = [ask.value(mean, requires_grad=True), ask.value(log_var, requires_grad=True)]
        got = ask.call("divergence", *live)
        runs.append((mean, log_var, got, ask.gradient(got, {"mean": live[0], "log_var": live[1]})))
    return runs


@plan("check_losses", public=True)
def losses(ask):
    runs = []
    for n, size, pixels in ((4, 3, 10), (2, 5, 6)):
        mean, log_var = ask.randn(n, size), ask.randn(n, size)
        x, p = ask.rand(n, pixels), ask.rand(n, pixels) * 0.9 + 0.05
        live = {"the reconstructions": ask.value(p, requires_grad=True), "mean": ask.value(mean, requires_grad=True)}
        got = ask.call("vae_losses", x, live["the reconstructions"], live["mean"], log_var)
        gradients = [ask.gradient(got[number], {part: live[part]}) for number, part in enumerate(live)]
        runs.append((x, p, mean, log_var, got, gradients))
    return runs


@plan("check_warm_up", public=True)
def weights(ask):
    runs = []
    for share in SHARES:
        steps, beta = 40 + 4 * int(ask.randint(50, 1)), 1.5 + float(ask.rand(1))
        step = int(share * steps)
        runs.append((step, steps, beta, ask.call("warm_up", step, steps, beta)))
    return runs


@plan("check_warm_up", public=True)
def weights_at_once(ask):
    betas = [(step, 1.5 + float(ask.rand(1))) for step in (0, 7)]
    return [(beta, ask.call("warm_up", step, 0, beta)) for step, beta in betas]


def normal(mean, log_var):
    return Normal(mean, (log_var / 2).exp())


@pytest.mark.check(cell="check_reparameterize", points=1)
def test_z_is_a_sample(samples):
    """z is mean + sigma * epsilon, element by element, and its gradient reaches mean and log_var."""
    for mean, log_var, epsilon, z, again, gradient in samples:
        q = normal(mean, log_var)
        slips = {
            VARIANCE: q.mean + q.variance * epsilon,
            LOGARITHM: q.mean + log_var * epsilon,
            SIGN_OF_LOG: q.mean + epsilon / q.stddev,
            EXCHANGED: q.stddev + q.mean * epsilon,
            NO_NOISE: q.mean,
        }
        expect(z).same_as(again, hint="Use epsilon, and draw no noise of your own.", mistake="own-noise")
        expect(z).close(q.mean + q.stddev * epsilon, slips, hint="It should be mean + sigma * epsilon.")
        expect(gradient).reaches(hint="Is something detached, or under torch.no_grad()?")


@pytest.mark.check(cell="check_divergence", points=1)
def test_divergence_is_that_of_two_normals(divergences):
    """The divergence is KL(q || N(0, I)), for each image and dimension."""
    for mean, log_var, got, gradient in divergences:
        q, standard = normal(mean, log_var), Normal(torch.zeros_like(mean), torch.ones_like(mean))
        right = kl_divergence(q, standard)
        slips = {
            WRONG_SIGN: -right,
            HALF_MISSING: 2 * right,
            ONE_MISSING: right + 0.5,
            LOG_SIGMA: kl_divergence(Normal(q.mean, q.variance), standard),
            NOT_SQUARED: right + (mean - mean.square()) / 2,
            NO_LOGARITHM: right + log_var / 2,
            DEVIATION: right + (q.stddev - q.variance) / 2,
            OTHER_WAY: kl_divergence(standard, q),
            CLAMPED: kl_divergence(normal(mean, log_var.clamp(-5, 5)), standard),
        }
        expect(got).close(right, slips, hint="Compare term by term with (mean^2 + sigma^2 - 1 - log sigma^2) / 2.")
        expect(gradient).reaches(hint="Is something detached on the way?")


@pytest.mark.check(cell="check_losses", points=1)
def test_losses_are_in_nats_per_image(losses):
    """Both losses are summed over pixels or dimensions, and averaged over images."""
    for x, p, mean, log_var, got, gradients in losses:
        pixels = -Bernoulli(probs=p, validate_args=False).log_prob(x)  # (n, pixels)
        dimensions = kl_divergence(normal(mean, log_var), Normal(0.0, 1.0))  # (n, size)
        slips = {
            MEAN_OF_PIXELS: pixels.mean(),
            SUM_OF_IMAGES: pixels.sum(),
            WRONG_SIGN: -pixels.sum(1).mean(),
            SQUARED_ERROR: (x - p).square().sum(1).mean(),
            EXCHANGED_IMAGES: F.binary_cross_entropy(x, p, reduction="none").sum(1).mean(),
            EXCHANGED_LOSSES: dimensions.sum(1).mean(),
        }
        hint = "Sum over the pixels (or dimensions) of each image, then take the mean over the images."
        expect(got[0], "the reconstruction loss").close(pixels.sum(1).mean(), slips, hint=hint)
        slips = {MEAN_OF_DIMENSIONS: dimensions.mean(), SUM_OF_IMAGES: dimensions.sum()}
        slips[WRONG_SIGN] = -dimensions.sum(1).mean()
        expect(got[1], "the divergence").close(dimensions.sum(1).mean(), slips, hint=hint)
        for gradient in gradients:
            expect(gradient).reaches(hint="Is something detached?")


@pytest.mark.check(cell="check_warm_up", points=0.5)
def test_weight_rises_and_stays(weights):
    """The weight of the divergence rises from 0 to beta, and stays there."""
    for step, steps, beta, got in weights:
        share = min(1.0, step / steps)
        slips = {
            FALLS: beta * (1 - share),
            AT_ONCE: beta,
            JUMPS: beta if step >= steps else 0.0,
            NO_BETA: share,
            EARLY: beta * min(1.0, (step + 1) / steps),
            RISES_ON: beta * step / steps,
        }
        expect(got).close(beta * share, slips, hint="Take beta times the smaller of 1 and step / warm_up_steps.")


@pytest.mark.check(cell="check_warm_up", points=0.5)
def test_no_warm_up_is_possible(weights_at_once):
    """Without a warm-up the weight is beta from the first step on."""
    for beta, got in weights_at_once:
        hint = "With warm_up_steps = 0 there is no warm-up: treat this case by itself."
        expect(got).close(beta, {ZERO_AT_FIRST: 0.0, NO_BETA: 1.0}, hint=hint)
