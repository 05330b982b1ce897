"""Hidden checks of TODO 5: the importance-weighted estimate of log p(x), against models whose log p(x) is known.

If q is the exact posterior of a linear model with normal noise, every weight is p(x): the estimate is exact whatever
is drawn. With a q that is wider than the posterior, the weights are bounded, and the spread of the estimate is known.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.distributions import MultivariateNormal, Normal

from autograder.plans import Ask, Handle, expect, given, plan, slip

N, LATENT = 6, 3
FEATURES, MANY_FEATURES = 8, 600  # with many, p(x) is about exp(-900): 0 in float32
NOISE = 0.7
WIDER = 2.0  # times the deviation of the posterior is that of q
DRAWS = 4000
# The weights have the relative variance (WIDER^2 / sqrt(2 * WIDER^2 - 1))^LATENT - 1 = 2.5, so an estimate from DRAWS
# of them strays by sqrt(2.5 / 4000) = 0.025 nats. Six times that is allowed; the mean of the logs is 2.4 nats off.
ALLOWED = 0.15
EXACT = 2e-3  # nats: the sum of 8 or 3 logarithms of densities in float32
MEAN_OF_LOGS = slip("mean-of-logarithms", "This is the mean of log w, the bound again. Take the log of the mean of w.")
NOT_DIVIDED = slip("not-divided-by-k", "The sum of the weights is not divided by k: subtract log k.", earned=0.5)
PRIOR_MISSING = slip("prior-missing", "log p(z) is missing in the weights.")
Q_MISSING = slip("q-missing", "log q(z | x) is missing in the weights: subtract it.")
SIGN_OF_Q = slip("sign-of-q", "log q(z | x) is added. Subtract it.")
NEGATED = slip("wrong-sign", "The sign is wrong: return log p(x), not -log p(x).")
CONSTANTS = slip("constant-of-one-density", "The constant log(2 pi) / 2 stands in one of the two densities only.")
MEAN_FOR_DRAW = slip(
    "mean-for-draw",
    "This is the weight of the mean of q, or the largest one. Draw k latent vectors, and take the mean of w.",
)
FROM_PRIOR = slip("drawn-from-the-prior", "z is drawn from the prior. These weights are for draws from q.")


@dataclass(frozen=True)
class Known:
    """A linear model with normal noise whose posterior has independent dimensions, some data, and a q."""

    weight: Tensor
    offset: Tensor
    x: Tensor
    widths: float

    @cached_property
    def variance(self) -> Tensor:
        """Of the posterior, (latent_size,)."""
        return 1 / (1 + self.weight.square().sum(0) / NOISE**2)

    @property
    def mean(self) -> Tensor:
        return (self.x - self.offset) @ self.weight * self.variance / NOISE**2  # (n, latent_size)

    @property
    def log_var(self) -> Tensor:
        """Of q."""
        return (self.variance.log() + 2 * math.log(self.widths)).expand(len(self.x), -1)

    def log_evidence(self) -> Tensor:
        covariance = self.weight @ self.weight.T + NOISE**2 * torch.eye(len(self.offset))
        return MultivariateNormal(self.offset.double(), covariance.double()).log_prob(self.x.double())

    def parts(self, k: int, of_prior: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """log p(x | z), log p(z) and log q(z | x), (k, n) each, of random z from q, or from the prior."""
        q = Normal(self.mean, (self.log_var / 2).exp())
        noise = torch.randn(k, *q.mean.shape, generator=torch.Generator().manual_seed(1))
        z = noise if of_prior else q.mean + q.stddev * noise
        likelihood = Normal(z @ self.weight.T + self.offset, NOISE).log_prob(self.x).sum(-1)
        return likelihood, Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)


def known(ask: Ask, features: int, widths: float) -> Known:
    directions, _ = torch.linalg.qr(ask.randn(features, LATENT))
    weight = directions * torch.tensor([1.5, 1.0, 0.6])  # orthogonal columns: the posterior has independent dimensions
    offset = ask.randn(features)
    x = ask.randn(N, LATENT) @ weight.T + offset + NOISE * ask.randn(N, features)
    return Known(weight, offset, x, widths)


def ask_for(ask: Ask, model: Known, k: int) -> Handle:
    place = given("course_utils.linear_gaussian:LinearGaussian")
    likelihood = ask.module(place, model.weight, model.offset, NOISE, model.x)
    return ask.call("estimate_log_likelihood", likelihood, model.mean, model.log_var, k)


@plan("check_estimate", public=True)
def exact_estimates(ask: Ask) -> Any:
    model = known(ask, FEATURES, 1.0)
    return model, [(k, ask_for(ask, model, k)) for k in (1, 7)]


@plan("check_estimate", public=True)
def wide_estimates(ask: Ask) -> Any:
    model = known(ask, FEATURES, WIDER)
    return model, ask_for(ask, model, DRAWS), [ask_for(ask, model, 2) for _ in range(2)]


@plan("check_estimate")
def estimates_of_large_images(ask: Ask) -> Any:
    model = known(ask, MANY_FEATURES, WIDER)
    return model, ask_for(ask, model, DRAWS // 10)


@pytest.mark.check(cell="check_estimate", points=0.5)
def test_estimate_is_exact_for_the_exact_posterior(exact_estimates: Any) -> None:
    """Where q is the exact posterior, the estimate is log p(x), whatever k is."""
    model, runs = exact_estimates
    right = model.log_evidence()
    for k, got in runs:
        slips = {NOT_DIVIDED: right + math.log(k)} if k > 1 else {NEGATED: -right}
        if k == 1:
            slips[CONSTANTS] = right + LATENT * math.log(2 * math.pi) / 2
        hint = "The weights p(x | z) p(z) / q(z | x) are all equal here. Sum log densities over the dimensions."
        expect(got).has_shape(N, hint="One number for each image.")
        expect(got).close(right, slips, hint=hint, tolerance=EXACT / float(right.abs().max()))


@pytest.mark.check(cell="check_estimate", points=0.5)
def test_estimate_comes_close_to_the_truth(wide_estimates: Any) -> None:
    """With many draws from a q that is not the posterior, the estimate comes close to log p(x)."""
    model, got, (one, other) = wide_estimates
    right = model.log_evidence()
    likelihood, prior, q = model.parts(20 * DRAWS)
    many = math.log(len(q))
    weights = likelihood + prior - q
    elsewhere, prior_there, q_there = model.parts(20 * DRAWS, of_prior=True)
    slips = {
        MEAN_OF_LOGS: weights.mean(0),
        NOT_DIVIDED: right + math.log(DRAWS),
        NEGATED: -right,
        PRIOR_MISSING: (likelihood - q).logsumexp(0) - many,
        Q_MISSING: (likelihood + prior).logsumexp(0) - many,
        SIGN_OF_Q: (likelihood + prior + q).logsumexp(0) - many,
        CONSTANTS: right + LATENT * math.log(2 * math.pi) / 2,
        MEAN_FOR_DRAW: right + LATENT * math.log(WIDER),
        FROM_PRIOR: (elsewhere + prior_there - q_there).logsumexp(0) - many,
    }
    hint = "log p(x) is about the log of the mean of p(x | z) p(z) / q(z | x), over k draws of z from q."
    expect(got).has_shape(N, hint="One number for each image.")
    expect(got).close(right, slips, hint=hint, tolerance=ALLOWED / float(right.abs().max()))
    expect(one).is_random(other, hint="Draw z anew at each call.")


@pytest.mark.check(cell="check_estimate", points=0.5)
def test_estimate_does_not_underflow(estimates_of_large_images: Any) -> None:
    """The estimate works for images of many pixels, whose probability is far smaller than any float."""
    model, got = estimates_of_large_images
    right = model.log_evidence()
    hint = "exp of such a number is 0. Keep to logarithms, and use torch.logsumexp."
    expect(got).has_shape(N, hint=hint)
    # from a tenth of the draws the estimate strays by 0.08 nats
    tolerance = 4 * ALLOWED / float(right.abs().max())
    expect(got).close(right, hint=hint, tolerance=tolerance, mistake="underflow")
