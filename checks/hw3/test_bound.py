"""Hidden checks of TODO 3: the two terms of the bound, each against torch.distributions, and their weighted sum."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Bernoulli, Normal, kl_divergence

from autograder.plans import Ask, expect, plan, slip

SIZES = ((5, 10, 3), (1, 6, 4))  # (images, pixels, latent size)
BETAS = (1.0, 4.0, 0.0)
WIDEST = 8.0  # the logarithm of a variance may be so large, or so small
LARGE = 60.0  # times normal numbers: logits for which a sigmoid is rounded to 0 or 1
MEAN_OF_PIXELS = slip("mean-over-pixels", "This is the mean over the pixels, not their sum.", earned=0.5)
SUM_OF_IMAGES = slip("sum-over-images", "This is summed over the images: it grows with the mini-batch.")
WRONG_SIGN = slip("wrong-sign", "The sign is wrong: the logarithm of a probability is never positive.")
SQUARED = slip("squared-error", "This is the squared error. The pixels are zeros and ones: use their probability.")
TWO_SIGMOIDS = slip("sigmoid-twice", "A sigmoid was taken twice. Does your function take one by itself?")
INK_ONLY = slip("ink-only", "Only pixels with ink are counted. Add (1 - x) log(1 - p) for the others.")
CLAMPED = slip("logarithm-clamped", "Logarithms are cut off at -100. Compute with the logits, without a sigmoid.")
NEGATIVE = slip("wrong-sign", "The sign is wrong: a divergence is never negative.")
HALF_MISSING = slip("half-missing", "This is twice the divergence. The factor 1/2 is missing.", earned=0.5)
ONE_MISSING = slip("one-missing", "The term -1 is missing: for mean 0 and log_var 0 the divergence must be 0.")
LOG_SIGMA = slip("log-var-for-log-sigma", "Here log_var is taken for log sigma. sigma^2 is exp(log_var).")
SIGMA_FOR_VARIANCE = slip("deviation-for-variance", "Here sigma stands for sigma^2. sigma^2 is exp(log_var).")
NOT_SQUARED = slip("mean-not-squared", "The mean is not squared.")
OTHER_WAY = slip("divergence-reversed", "This is the divergence the other way round, of N(0, I) from q.")
CLAMPED_VARIANCE = slip("log-var-clamped", "Here log_var is kept between two limits: it may be any number.")
MEAN_OF_DIMENSIONS = slip("mean-over-dimensions", "This is the mean over the dimensions, not their sum.", earned=0.5)
BETA_IGNORED = slip("beta-ignored", "This is the bound for beta = 1. Multiply the divergence with beta.")
BETA_ON_BOTH = slip("beta-on-both", "Both terms are multiplied with beta. Only the divergence is.")
BETA_ON_THE_OTHER = slip("beta-on-reconstruction", "Beta multiplies the wrong term. It belongs to the divergence.")
NOT_NEGATED = slip("bound-not-negated", "This is the bound itself. It is to be minimized, so return its negative.")
DIVERGENCE_ADDED = slip("divergence-subtracted", "The divergence makes the loss smaller here. It is a price: add it.")
PIXELS_AGAINST_SUM = slip("terms-in-other-units", "One term is a mean over its elements, the other one a sum.")


@plan("check_bound", public=True)
def bounds_of_images(ask: Ask) -> Any:
    runs = []
    for n, pixels, size in SIZES:
        x, logits = (ask.rand(n, pixels) > 0.5).float(), 2 * ask.randn(n, pixels)
        mean, log_var = ask.randn(n, size), ask.randn(n, size)
        live = {"logits": ask.value(logits, requires_grad=True), "mean": ask.value(mean, requires_grad=True)}
        live["log_var"] = ask.value(log_var, requires_grad=True)
        likelihood = ask.call("log_likelihood", x, logits)
        large = ask.call("log_likelihood", x, LARGE * logits)
        price = ask.call("divergence", mean, log_var)
        losses = [ask.call("negative_bound", x, *live.values(), beta) for beta in BETAS]
        losses.append(ask.call("negative_bound", x, *live.values()))
        gradient = ask.gradient(losses[0], live)
        runs.append((x, logits, mean, log_var, likelihood, large, price, losses, gradient))
    return runs


def of_pixels(x: Tensor, logits: Tensor) -> Tensor:
    """log p of each pixel."""
    return Bernoulli(logits=logits.double()).log_prob(x.double())


def of_dimensions(mean: Tensor, log_var: Tensor) -> Tensor:
    return kl_divergence(Normal(mean.double(), (log_var.double() / 2).exp()), Normal(0.0, 1.0))


@plan("check_bound", public=True)
def divergences_of_any_variance(ask: Ask) -> Any:
    mean, log_var = ask.randn(3, 4), torch.linspace(-WIDEST, WIDEST, 12).reshape(3, 4) + ask.rand(3, 4)
    return mean, log_var, ask.call("divergence", mean, log_var)


@pytest.mark.check(cell="check_bound", points=0.5)
def test_log_likelihood_is_in_nats(bounds_of_images: Any) -> None:
    """The log-likelihood of an image is the sum over its pixels, in nats."""
    hint = "Sum x log p + (1 - x) log(1 - p) over the pixels of each image, where p is the sigmoid of the logit."
    for x, logits, _, _, got, *_ in bounds_of_images:
        pixels, p = of_pixels(x, logits), logits.sigmoid()
        slips = {
            MEAN_OF_PIXELS: pixels.mean(1),
            WRONG_SIGN: -pixels.sum(1),
            SUM_OF_IMAGES: pixels.sum().repeat(len(x)),
            SQUARED: -(x - p).square().sum(1),
            TWO_SIGMOIDS: of_pixels(x, p).sum(1),
            INK_ONLY: (x * pixels).sum(1),
        }
        expect(got).close(pixels.sum(1), slips, hint=hint)


@pytest.mark.check(cell="check_bound", points=0.5, needs=["log_likelihood_is_in_nats"])
def test_log_likelihood_is_right_for_large_logits(bounds_of_images: Any) -> None:
    """The log-likelihood is right for a decoder that is very sure, rightly or wrongly."""
    hint = "A sigmoid that is rounded to 0 or 1 has no logarithm. F.logsigmoid or a loss 'with logits' avoids it."
    for x, logits, _, _, _, got, *_ in bounds_of_images:
        pixels = of_pixels(x, LARGE * logits)
        clamped = F.binary_cross_entropy((LARGE * logits).sigmoid(), x, reduction="none")
        slips = {CLAMPED: -clamped.sum(1)}
        expect(got).close(pixels.sum(1), slips, hint=hint, mistake="large-logits-wrong")


@pytest.mark.check(cell="check_bound", points=1)
def test_divergence_is_that_of_two_normals(bounds_of_images: Any, divergences_of_any_variance: Any) -> None:
    """The divergence of an image is KL(q || N(0, I)), the sum over the dimensions, in nats."""
    hint = "Compare term by term with (mean^2 + sigma^2 - 1 - log sigma^2) / 2, summed over the dimensions."
    for _, _, mean, log_var, _, _, got, *_ in bounds_of_images:
        dimensions = of_dimensions(mean, log_var)
        right, standard, q = dimensions.sum(1), Normal(0.0, 1.0), Normal(mean, (log_var / 2).exp())
        slips = {
            NEGATIVE: -right,
            HALF_MISSING: 2 * right,
            MEAN_OF_DIMENSIONS: dimensions.mean(1),
            SUM_OF_IMAGES: right.sum().repeat(len(mean)),
            ONE_MISSING: right + mean.shape[1] / 2,
            LOG_SIGMA: kl_divergence(Normal(mean, log_var.exp()), standard).sum(1),
            SIGMA_FOR_VARIANCE: right + (q.stddev - q.variance).sum(1) / 2,
            NOT_SQUARED: right + (mean - mean.square()).sum(1) / 2,
            OTHER_WAY: kl_divergence(standard, q).sum(1),
        }
        expect(got).close(right, slips, hint=hint)
    mean, log_var, got = divergences_of_any_variance
    clamped = {CLAMPED_VARIANCE: of_dimensions(mean, log_var.clamp(-5, 5)).sum(1)}
    expect(got).close(of_dimensions(mean, log_var).sum(1), clamped, hint=hint, mistake="log-var-clamped")


@pytest.mark.check(cell="check_bound", points=0.5)
def test_loss_is_the_negative_bound_with_beta(bounds_of_images: Any) -> None:
    """The loss is the mean over images of the reconstruction term plus beta times the divergence."""
    hint = "Take the mean over the images of beta * divergence - log_likelihood."
    for x, logits, mean, log_var, *_, losses, gradient in bounds_of_images:
        pixels, dimensions = -of_pixels(x, logits), of_dimensions(mean, log_var)
        reconstruction, price = pixels.sum(1).mean(), dimensions.sum(1).mean()
        for beta, got in zip((*BETAS, 1.0), losses, strict=True):
            expect(got).is_scalar(hint=hint)
            slips = {
                BETA_IGNORED: reconstruction + price,
                BETA_ON_BOTH: beta * (reconstruction + price),
                BETA_ON_THE_OTHER: beta * reconstruction + price,
                NOT_NEGATED: -reconstruction - beta * price,
                DIVERGENCE_ADDED: reconstruction - beta * price,
                SUM_OF_IMAGES: len(x) * (reconstruction + beta * price),
                PIXELS_AGAINST_SUM: pixels.mean() + beta * price,
                MEAN_OF_DIMENSIONS: reconstruction + beta * dimensions.mean(),
            }
            expect(got).close(reconstruction + beta * price, slips, hint=hint)
        expect(gradient).reaches(hint="Is something detached?")
