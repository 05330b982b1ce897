"""Telling a sum from a mean, whatever the weight of the loss: its weight per row must not grow with the mini-batch.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the checks of
the losses.
"""

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.observed import LossRun

SAME = 0.01
LEAST_SIZES = 3  # of probes, between which a weight is compared with more than the rows
TOLERANCE = 0.2  # label noise moves the weights that are read; a sum over 64 instead of 7 rows moves them ninefold


def fail_on_sum(name: str, weights: list[tuple[LossRun, float]]) -> None:
    """Fail if the weight of the loss, as an average, grows with the rows or with the pixels of the probes."""
    measured = [(len(run.x_real), run.x_real.shape[1], abs(weight)) for run, weight in weights if abs(weight) > 0]
    for rows_a, pixels_a, weight_a in measured:
        for rows_b, pixels_b, weight_b in measured:
            if pixels_a != pixels_b or rows_b <= rows_a:
                continue
            if _grows(weight_b / weight_a, rows_a / rows_b):
                _fail_divided_again(name, rows_a, rows_b)
            if _grows(weight_b / weight_a, rows_b / rows_a):
                _fail(
                    name,
                    f"{rows_b / rows_a:g} times as large for {rows_b} images as for {rows_a}",
                    "mini-batch",
                )
    _fail_on_latent_size(name, weights)
    if name == "autoencoder_loss" and measured:
        fail_on_pixels(name, [(pixels, weight) for _, pixels, weight in measured])


def _fail_on_latent_size(name: str, weights: list[tuple[LossRun, float]]) -> None:
    """Fail if the weight is the length of a latent vector, or one over it, times a number: alone or with the rows."""
    measured = [(len(run.x_real), run.z.shape[1], abs(weight)) for run, weight in weights if abs(weight) > 0]
    if len(measured) < LEAST_SIZES or _is_constant([weight for *_, weight in measured], TOLERANCE):
        return
    for rows_power in (0, 1, -1):
        for latent_power in (1, -1):
            constant = [weight / (rows**rows_power * latent**latent_power) for rows, latent, weight in measured]
            if _is_constant(constant, SAME):
                divided = rows_power < 0 or (rows_power == 0 and latent_power < 0)
                (rows_a, latent_a, weight_a), (rows_b, latent_b, weight_b) = measured[:2]
                fail(
                    f"`{name}` is divided or multiplied by the length of a latent vector: its weight is "
                    f"{weight_a:.3g} for {rows_a} images and latent vectors of {latent_a} numbers, and {weight_b:.3g} "
                    f"for {rows_b} and {latent_b}.",
                    'Average over the mini-batch: the default `reduction="mean"`, or `.mean()`.',
                    mistake=Mistake.MEAN_DIVIDED_AGAIN if divided else Mistake.SUM_INSTEAD_OF_MEAN,
                )


def _is_constant(values: list[float], tolerance: float) -> bool:
    return max(values) <= (1 + tolerance) * min(values)


def fail_on_pixels(name: str, weights: list[tuple[int, float]]) -> None:
    """Fail if the weight of the mean squared error in a loss is the number of pixels, or grows with it.

    Args:
        name: of the loss.
        weights: for a number of pixels each.
    """
    (pixels, weight), *others = sorted(weights, reverse=True)
    fewer = [(p, w) for p, w in others if p != pixels]
    grows = fewer and all(_grows(weight / w, pixels / p) for p, w in fewer)
    if grows and abs(weight - 1) < SAME:
        fail(
            f"`{name}` divides the sum over the pixels by {pixels} whatever their number is: for images of "
            f"{fewer[0][0]} pixels it is {fewer[0][1]:.2g} times the mean squared error.",
            "Average over all elements: `torch.nn.functional.mse_loss`, or `.mean()`.",
            mistake=Mistake.SIZES_HARD_CODED,
        )
    if abs(weight / pixels - 1) < SAME:
        _fail(name, f"{pixels} times, the number of pixels, the mean over all elements", "pixels")
    if grows:
        least = fewer[0][0]
        _fail(
            name, f"{pixels / least:g} times as large for images of {pixels} pixels as for those of {least}", "pixels"
        )


def _grows(ratio: float, expected: float) -> bool:
    return abs(ratio / expected - 1) < TOLERANCE


def _fail_divided_again(name: str, rows_a: int, rows_b: int) -> None:
    fail(
        f"`{name}` averages twice: its weight is {rows_b / rows_a:g} times smaller for {rows_b} images than for "
        f"{rows_a}, so the size of a step depends on the mini-batch.",
        'What has been averaged, for example by `reduction="mean"`, needs no further division.',
        mistake=Mistake.MEAN_DIVIDED_AGAIN,
    )


def _fail(name: str, seen: str, over: str) -> None:
    fail(
        f"`{name}` adds up where it should average: it is {seen}, so the size of a step depends on the {over}.",
        'Average over all elements: the default `reduction="mean"`, or `.mean()` instead of `.sum()`.',
        mistake=Mistake.SUM_INSTEAD_OF_MEAN,
    )
