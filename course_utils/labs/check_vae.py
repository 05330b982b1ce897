"""The visible checks of the exercises in the class lab on variational autoencoders.

This is course material for a lab: nothing is graded, and nothing is recorded. Each check tries a student's function on
small examples and says at once what was seen. It accepts any way of writing it: what it compares with is computed in a
way of its own, mostly by `torch.distributions`.
"""

from collections.abc import Callable, Sequence
from numbers import Real

import torch
from torch import Tensor
from torch.distributions import Bernoulli, Normal, kl_divergence

from course_utils.labs.feedback import Surprise, expect_close, expect_gradient, expect_tensor, report


def reparameterize(reparameterize: Callable[..., object]) -> None:
    """Try `reparameterize(mean, log_var, epsilon)` with known noise, for two sizes."""
    report("reparameterize", lambda: _look_at_reparameterize(reparameterize))


def divergence(divergence: Callable[..., object]) -> None:
    """Try `divergence(mean, log_var)` for two sizes, against `torch.distributions`."""
    report("divergence", lambda: _look_at_divergence(divergence))


def losses(vae_losses: Callable[..., object]) -> None:
    """Try `vae_losses(x_real, reconstructions, mean, log_var)` for two sizes of the mini-batch."""
    report("vae_losses", lambda: _look_at_losses(vae_losses))


def warm_up(warm_up: Callable[..., object]) -> None:
    """Try `warm_up(step, warm_up_steps, beta)` at the beginning, within, at the end, after, and without a warm-up."""
    report("warm_up", lambda: _look_at_warm_up(warm_up))


def _look_at_reparameterize(reparameterize: Callable[..., object]) -> str:
    name = "reparameterize"
    for n, size in ((5, 3), (1, 7)):
        mean, log_var, epsilon = (_random(n, size, seed=seed) for seed in (1, 2, 3))
        mean.requires_grad_()
        log_var.requires_grad_()
        hint = "One vector z for each image, as wide as mean and epsilon."
        got = expect_tensor(name, reparameterize(mean, log_var, epsilon), (n, size), hint)
        if not _same(got, reparameterize(mean, log_var, epsilon)):
            raise Surprise(
                f"{name} returned another z for the same arguments. Use epsilon, and draw no noise of your own."
            )
        q = Normal(mean.detach(), log_var.detach().div(2).exp())
        expected = q.mean + q.stddev * epsilon
        slips = {
            "This takes sigma = exp(log_var), but that is the variance. Sigma is its root: halve the logarithm.": (
                q.mean + q.variance * epsilon
            ),
            "Here the logarithm itself multiplies the noise. The exponential of log_var / 2 should.": (
                q.mean + log_var.detach() * epsilon
            ),
            "Here sigma is exp(-log_var / 2). Check the sign.": q.mean + epsilon / q.stddev,
            "Mean and noise have changed places: z = mean + sigma * epsilon.": q.stddev + q.mean * epsilon,
            "This is the mean alone. Add sigma times epsilon.": q.mean,
        }
        expect_close(name, got, expected, slips, "It should be mean + sigma * epsilon, element by element.")
        held = {"mean": [mean], "log_var": [log_var]}
        expect_gradient(name, got, held, "Is something detached, or under torch.no_grad()?")
    return f"{name} gives mean + sigma * epsilon, and its gradient reaches mean and log_var."


def _look_at_divergence(divergence: Callable[..., object]) -> str:
    name = "divergence"
    for n, size in ((4, 3), (1, 5)):
        mean, log_var = _random(n, size, seed=4), _random(n, size, seed=5)
        mean.requires_grad_()
        log_var.requires_grad_()
        hint = "Leave the sums to exercise 3: one number for each image and dimension."
        got = expect_tensor(name, divergence(mean, log_var), (n, size), hint)
        standard = Normal(torch.zeros(n, size), torch.ones(n, size))
        q = Normal(mean.detach(), log_var.detach().div(2).exp())
        expected = kl_divergence(q, standard)
        squares = mean.detach().square()
        slips = {
            "The sign is wrong: a divergence is never negative.": -expected,
            "This is twice the divergence. The factor 1/2 is missing.": 2 * expected,
            "The term -1 is missing: for mean 0 and log_var 0 the divergence must be 0.": expected + 0.5,
            "Here log_var is taken for log sigma. sigma^2 is exp(log_var), without a factor 2.": kl_divergence(
                Normal(q.mean, q.variance), standard
            ),
            "Here sigma stands where sigma^2 should: use exp(log_var).": (
                (squares + q.stddev - 1 - log_var.detach()) / 2
            ),
            "The mean is not squared.": expected + (mean.detach() - squares) / 2,
            "This is the divergence the other way round, of N(0, I) from q.": kl_divergence(standard, q),
        }
        hint = "Compare term by term with (mean^2 + sigma^2 - 1 - log sigma^2) / 2, where sigma^2 = exp(log_var)."
        expect_close(name, got, expected, slips, hint)
        expect_gradient(name, got, {"mean": [mean], "log_var": [log_var]}, "Is something detached on the way?")
    return (
        f"{name} agrees with torch.distributions, for every image and dimension; its gradient reaches both arguments."
    )


def _look_at_losses(vae_losses: Callable[..., object]) -> str:
    name = "vae_losses"
    for n, size, pixels in ((4, 3, 10), (2, 5, 6)):
        mean, log_var = _random(n, size, seed=6), _random(n, size, seed=7)
        generator = torch.Generator().manual_seed(8)
        x = torch.rand(n, pixels, generator=generator)
        p = torch.rand(n, pixels, generator=generator) * 0.9 + 0.05
        mean.requires_grad_()
        p.requires_grad_()
        returned = vae_losses(x, p, mean, log_var)
        if not isinstance(returned, tuple | list) or len(returned) != 2:
            got = (
                f"a {type(returned).__name__} of {len(returned)}"
                if isinstance(returned, tuple | list)
                else (type(returned).__name__)
            )
            raise Surprise(f"{name} returned {got}, expected two tensors: return reconstruction, divergence.")
        of_pixels = -Bernoulli(probs=p.detach(), validate_args=False).log_prob(x)  # (n, pixels)
        of_dimensions = kl_divergence(Normal(mean.detach(), log_var.div(2).exp()), Normal(0.0, 1.0))  # (n, size)
        hint = "Sum over the pixels (or dimensions) of each image, then take the mean over the images."
        parts = ("reconstruction", "divergence")
        first, second = (
            expect_tensor(f"The {part} of {name}", value, (), hint) for part, value in zip(parts, returned, strict=True)
        )
        expected = of_pixels.sum(1).mean(), of_dimensions.sum(1).mean()
        mean_slip = (
            f"This is the mean over the {{}}, not their sum. The two losses then have different units, and the other "
            f"one outweighs it: with 784 pixels this is as good as beta = 784. {hint}"
        )
        slips = {
            mean_slip.format("pixels"): of_pixels.mean(),
            f"This is summed over the images, too: it grows with the mini-batch. {hint}": of_pixels.sum(),
            "The sign is wrong: it should be the negative log-likelihood.": -expected[0],
            "This is the squared error. The generator gives probabilities: use the binary cross-entropy.": (
                (x - p.detach()).square().sum(1).mean()
            ),
            "The two losses have changed places: the reconstruction comes first.": expected[1],
        }
        expect_close("The reconstruction", first, expected[0], slips, f"Use F.binary_cross_entropy. {hint}")
        slips = {
            mean_slip.format("dimensions"): of_dimensions.mean(),
            f"This is summed over the images, too: it grows with the mini-batch. {hint}": of_dimensions.sum(),
            "The sign is wrong: a divergence is never negative.": -expected[1],
        }
        expect_close("The divergence", second, expected[1], slips, f"Does exercise 2 pass its check? {hint}")
        expect_gradient("the reconstruction", first, {"the reconstructions": [p]}, "Is something detached?")
        expect_gradient("the divergence", second, {"mean": [mean]}, "Is something detached?")
    return f"{name} gives both losses in nats per image, for 4 and for 2 images of different sizes."


def _look_at_warm_up(warm_up: Callable[..., object]) -> str:
    name = "warm_up"
    cases: Sequence[tuple[int, int, float, float, str]] = (
        (0, 100, 2.0, 0.0, "The first step has weight 0."),
        (25, 100, 2.0, 0.5, "A quarter of the way there it is a quarter of beta."),
        (100, 100, 2.0, 2.0, "After warm_up_steps steps it is beta."),
        (250, 100, 2.0, 2.0, "After the warm-up it stays at beta: take the smaller of 1 and step / warm_up_steps."),
        (0, 0, 3.0, 3.0, "With warm_up_steps = 0 there is no warm-up, so it is beta from the first step on."),
        (7, 0, 3.0, 3.0, "With warm_up_steps = 0 there is no warm-up, so it is beta."),
    )
    for step, steps, beta, expected, hint in cases:
        call = f"{name}({step}, {steps}, {beta:g})"
        try:
            got = warm_up(step, steps, beta)
        except ZeroDivisionError:
            raise Surprise(f"{call} divides by 0, expected {expected:g}. {hint} Treat this case by itself.") from None
        if isinstance(got, Tensor) and got.numel() == 1:
            got = got.item()
        if not isinstance(got, Real):
            raise Surprise(f"{call} returned {type(got).__name__}, expected the number {expected:g}.")
        if abs(float(got) - expected) > 1e-6:
            raise Surprise(f"{call} does not have the right value: got {float(got):g}, expected {expected:g}. {hint}")
    return f"{name} rises from 0 to beta and stays there; without a warm-up it is beta at once."


def _random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _same(one: Tensor, other: object) -> bool:
    return isinstance(other, Tensor) and torch.equal(one, other)
