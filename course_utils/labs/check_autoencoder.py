"""The visible checks of the exercises in the class lab on autoencoders.

This is course material for a lab: nothing is graded, and nothing is recorded. Each check tries a student's function on
small examples and says at once what was seen. It accepts any way of writing it: what it compares with is computed in a
way of its own.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.labs.autoencoder import Autoencoder, add_noise
from course_utils.labs.feedback import Surprise, expect_close, expect_gradient, expect_tensor, report


def reconstruction_loss(reconstruction_loss: Callable[..., object]) -> None:
    """Try `reconstruction_loss(model, x, x_seen)` on a small model, with and without noise."""
    report("reconstruction_loss", lambda: _look_at_loss(reconstruction_loss))


def traverse(traverse: Callable[..., object]) -> None:
    """Try `traverse(z, dimension, values)` on latent vectors of two sizes."""
    report("traverse", lambda: _look_at_traverse(traverse))


def project(project: Callable[..., object]) -> None:
    """Try `project(codes)` on codes whose principal components are known; the sign of a component is free."""
    report("project", lambda: _look_at_project(project))


def sample_like(sample_like: Callable[..., object]) -> None:
    """Try `sample_like(codes, n)` on codes whose coordinates hang together."""
    report("sample_like", lambda: _look_at_sample_like(sample_like))


def _look_at_loss(reconstruction_loss: Callable[..., object]) -> str:
    name = "reconstruction_loss"
    model, x, x_seen = _small_example()
    kept = x.clone(), x_seen.clone()
    hint = "Reduce over all pixels of all images, and return the tensor itself, without .item()."
    value = expect_tensor(name, reconstruction_loss(model, x, x_seen), (), hint)
    if not (torch.equal(x, kept[0]) and torch.equal(x_seen, kept[1])):
        raise Surprise(f"{name} changed its arguments, expected that x and x_seen stay as they are.")
    with torch.no_grad():
        of_seen, of_clean = model.generator(model.encoder(x_seen)), model.generator(model.encoder(x))
    expected = _squares(of_seen, x).mean()
    slips = {
        "This is the error against the noisy image: the model would learn to draw the noise. Compare with x.": (
            _squares(of_seen, x_seen).mean()
        ),
        "This is the error when E sees the clean image. Let E see x_seen.": _squares(of_clean, x).mean(),
        "Here x and x_seen have changed places: E should see x_seen, and the target is x.": (
            _squares(of_clean, x_seen).mean()
        ),
        "This is the sum over the pixels. Take the mean over all pixels of all images.": _squares(of_seen, x).sum(),
        "This is summed over the pixels of an image. Take the mean over the pixels, too.": (
            _squares(of_seen, x).sum(1).mean()
        ),
        "This is the root of the mean squared error. Leave the root out.": expected.sqrt(),
        "This is the mean absolute error. Square the differences.": (of_seen - x).abs().mean(),
        "This is a half of it. Leave the factor 1/2 out.": expected / 2,
    }
    hint = "Compare G(E(x_seen)) with x: square the differences, and take the mean over all elements."
    expect_close(name, value, expected, slips, hint)
    expect_gradient(name, value, {"E": model.encoder, "G": model.generator}, "Is something detached on the way?")
    return f"{name} gives {value.item():.4f} for {len(x)} noisy images, as expected; its gradient reaches E and G."


def _look_at_traverse(traverse: Callable[..., object]) -> str:
    name = "traverse"
    for size, dimension in ((5, 3), (2, 0)):
        z = _random(size, seed=size)
        kept = z.clone()
        values = torch.linspace(-2, 2, 4)
        hint = "One row for each value, and in each row all coordinates of z."
        got = expect_tensor(name, traverse(z, dimension, values), (4, size), hint)
        if not torch.equal(z, kept):
            raise Surprise(
                f"{name} changed z itself, expected that z stays as it is. Work on a copy, such as z.clone()."
            )
        ones = torch.zeros(size)
        ones[dimension] = 1
        expected = torch.outer(torch.ones(4), z * (1 - ones)) + torch.outer(values, ones)
        slips = {
            "Here the values are added to the coordinate. Put them in its place.": z + torch.outer(values, ones),
            "Every row is the last one. Does each row have memory of its own?": expected[-1].expand(4, -1),
            "The other coordinates are 0. They should be those of z.": torch.outer(values, ones),
            "Nothing changes from row to row. Put value i into row i.": z.expand(4, -1),
        }
        hint = f"Row i is z with values[i] as its coordinate {dimension}; everything else stays."
        expect_close(name, got, expected, slips, hint)
    return f"{name} changes one coordinate and leaves the others alone, for vectors of 2 and of 5 numbers."


def _look_at_project(project: Callable[..., object]) -> str:
    name = "project"
    for n, size in ((50, 4), (30, 2)):
        rotation, _ = torch.linalg.qr(_random(size, size, seed=1))
        spread = torch.tensor([5.0, 2.0, 1.0, 0.5])[:size]
        codes = (_random(n, size, seed=2) * spread) @ rotation.T + 3
        middle = codes.mean(0)
        centered = codes - middle
        _, directions = torch.linalg.eigh(centered.double().T @ centered.double())
        directions = directions.float()
        expected = centered @ directions[:, [-1, -2]]  # (n, 2)
        hint = "One row for each code, and in it the first and the second principal component."
        got = expect_tensor(name, project(codes), (n, 2), hint)
        uncentered = codes @ directions[:, [-1, -2]]
        of_raw = codes @ torch.linalg.eigh(codes.double().T @ codes.double())[1].float()[:, [-1, -2]]
        slips = {
            "These are the components without the mean subtracted. Center the codes first.": uncentered,
            "These are the principal directions of codes that were not centered. Subtract codes.mean(0) first.": of_raw,
            "Here every component has length 1: it is U of the SVD, without the singular values.": (
                expected / expected.norm(dim=0)
            ),
            "These are the components of smallest variance. The largest singular values come first.": (
                centered @ directions[:, [0, 1]]
            ),
            "The two components are exchanged: the larger variance comes first.": expected.flip(1),
            "These are simply the first two coordinates of the codes.": codes[:, :2],
        }
        hint = "Center the codes, take their SVD, and multiply them with the first two right singular vectors."
        aligned = got * _signs(got, expected)
        expect_close(
            name,
            aligned,
            expected,
            {sentence: value * _signs(value, expected) for sentence, value in slips.items()},
            hint,
            tolerance=1e-3,
        )
    return f"{name} gives the first two principal components, for codes of 2 and of 4 numbers."


def _look_at_sample_like(sample_like: Callable[..., object]) -> str:
    name = "sample_like"
    n = 20_000
    factor = torch.tensor([[2.0, 0.0, 0.0], [1.5, 0.5, 0.0], [-1.0, 0.3, 0.7]])
    codes = _random(4000, 3, seed=3) @ factor.T + torch.tensor([3.0, -1.0, 0.5])
    hint = "One row for each of the n vectors, as wide as the codes."
    torch_state = torch.get_rng_state()
    torch.manual_seed(0)
    try:
        got = expect_tensor(name, sample_like(codes, n), (n, 3), hint)
        again = sample_like(codes, n)
        few = sample_like(codes, 7)
    finally:
        torch.set_rng_state(torch_state)
    expect_tensor(name, few, (7, 3), hint)
    if isinstance(again, Tensor) and torch.equal(got, again):
        raise Surprise(f"{name} returned the same vectors twice, expected fresh ones at each call.")
    mean, covariance = codes.mean(0), codes.T.cov()
    # of 20,000 draws with deviation 2 the mean strays by 0.014 and the variance by 0.04: tolerances are five times that
    expect_close(
        f"The mean of what {name} draws",
        got.mean(0),
        mean,
        {"These vectors lie around 0. Add the mean of the codes.": torch.zeros(3)},
        "Vectors should lie around codes.mean(0).",
        tolerance=0.03,
    )
    slips = {
        "These vectors are from N(0, I) around the mean. They need the covariance of the codes, too.": torch.eye(3),
        "The variances are right, but the coordinates do not hang together: use the whole covariance matrix.": (
            covariance.diag().diag()
        ),
        "This looks as if the noise was multiplied with the covariance itself. Multiply with its Cholesky factor.": (
            covariance @ covariance
        ),
        "This looks as if the Cholesky factor L acts from the wrong side: for rows of noise it is noise @ L.T.": (
            (lambda lower: lower.T @ lower)(torch.linalg.cholesky(covariance))
        ),
    }
    expect_close(
        f"The covariance of what {name} draws",
        got.T.cov(),
        covariance,
        slips,
        "It should be that of the codes, codes.T.cov().",
        tolerance=0.06,
    )
    return f"{name} draws fresh vectors with the mean and the covariance of the codes."


def _small_example() -> tuple[Autoencoder, Tensor, Tensor]:
    """A small model with fixed weights, images x (6, 20), and what the encoder sees of them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Autoencoder(1, 20, 16, 3)
    x = torch.rand(6, 20, generator=torch.Generator().manual_seed(1))
    return model, x, add_noise(x, 0.5, seed=2)


def _squares(one: Tensor, other: Tensor) -> Tensor:
    return (one - other).square()


def _random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _signs(got: Tensor, expected: Tensor) -> Tensor:
    """1 or -1 for each column: whichever brings `got` closer to `expected`, both (n, d)."""
    agree = (got.detach() * expected).sum(0) >= 0
    return torch.where(agree, 1.0, -1.0)
