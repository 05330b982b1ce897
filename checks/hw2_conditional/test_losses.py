"""Hidden checks of TODO 3: each loss alone, its type, its shape, its labels, then what its gradient says about it."""

from collections.abc import Sequence

import pytest

from autograder.checks.outcome import fail
from checks.gan.forms import fail_on_function_of_scores, fail_on_other_error, fail_on_other_scores
from checks.gan.images import fail_on_rescaled_images
from checks.gan.labels import (
    fail_on_constant_labels,
    fail_on_reconstruction_labels,
    fail_on_stray_labels,
    fail_unless_given_labels,
)
from checks.gan.losses import (
    fail_on_terms,
    fail_unless_finite_for_one_image,
    fail_unless_given_z,
    fail_unless_reached,
    fail_unless_samples_driven_up,
    fail_unless_scalar_with_graph,
    judged_closely,
)
from checks.gan.mistakes import Mistake
from checks.gan.observed import LossRun
from checks.gan.proportion import TOLERANCE, fail_on_proportion, weights_of
from checks.gan.reconstruction import (
    error_weight,
    fail_on_function_of_error,
    fail_on_other_reconstruction_loss,
    fail_unless_reconstruction_error,
)
from checks.gan.scale import fail_on_pixels, fail_on_sum
from checks.gan.terms import REAL, SAMPLE, SHARES, WRONG
from checks.gan.usage import fail_on_unused_images, fail_on_unused_reconstructions, fail_on_unused_z

CELL = "check_losses"


@pytest.mark.check(cell=CELL, points=1)
def test_discriminator_loss_is_right(discriminator_runs: tuple[LossRun, ...]) -> None:
    """The discriminator's loss accepts real images with their labels; wrong labels and samples count half each."""
    name = "discriminator_loss"
    fail_unless_scalar_with_graph(discriminator_runs)
    readable = judged_closely(discriminator_runs)
    for run in readable:
        fail_unless_reached(run, "discriminator")
        parts = run.parts("discriminator")
        fail_on_constant_labels(name, run.attribution)
        fail_on_stray_labels(name, run)
        fail_unless_given_labels(run)
        fail_on_other_scores(f"`{name}`", parts)
        fail_on_terms(name, run, parts, (REAL, WRONG, SAMPLE))
        fail_on_other_scores(f"`{name}`", parts, "saturating")
        fail_on_function_of_scores(f"`{name}`", parts)
        fail_on_rescaled_images("discriminator_loss", run.attribution, "discriminator")
        fail_on_unused_images(run, parts)
        fail_unless_given_z(run)
        fail_on_unused_z(run, parts)
    weights = [(run, [part.reading.weight for part in run.parts("discriminator") if part.reading]) for run in readable]
    fail_on_sum(name, [(run, sum(values)) for run, values in weights])
    fail_on_proportion(f"`{name}`", [weights_of(readable[0].parts("discriminator"), SHARES)], SHARES)
    fail_unless_finite_for_one_image(discriminator_runs)


@pytest.mark.check(cell=CELL, points=1)
def test_generator_loss_is_right(generator_runs: tuple[LossRun, ...]) -> None:
    """The generator's loss makes D accept its samples under their labels, plus the weighted reconstruction error."""
    name = "generator_loss"
    fail_unless_scalar_with_graph(generator_runs)
    readable = judged_closely(generator_runs)
    for run in readable:
        fail_unless_reached(run, "generator")
        fail_on_constant_labels(name, run.attribution)
        fail_on_stray_labels(name, run)
        fail_unless_given_labels(run)
        fail_on_other_scores(f"The adversarial term of `{name}`", run.parts("discriminator"))
        _fail_unless_adversarial(run)
        fail_on_function_of_scores(f"The adversarial term of `{name}`", run.parts("discriminator"))
        fail_unless_given_z(run)
        fail_on_unused_z(run, run.parts("discriminator"))
        _fail_unless_reconstructing(run)
        fail_on_unused_reconstructions(run, run.parts("generator"))
        fail_on_function_of_error(run)
        fail_on_reconstruction_labels(name, run.attribution)
    fail_on_sum(name, [(run, _adversarial_weight(run)) for run in readable])
    _fail_on_weight(name, readable)
    fail_unless_finite_for_one_image(generator_runs)


def _fail_unless_adversarial(run: LossRun) -> None:
    losses = {part.loss for part in run.parts("generator")}
    if losses and losses <= {"error", "error up"}:
        fail(
            "No gradient reaches the generator from the adversarial term of `generator_loss`: nothing makes its "
            "samples look real.",
            "Look for `.detach()` or `torch.no_grad()` between G(z, h) and the loss, and for the term itself.",
            mistake=Mistake.LOSS_DETACHED if run.parts("discriminator") else Mistake.ADVERSARIAL_TERM_MISSING,
        )
    if not any(loss.startswith("error") for loss in losses):
        for part in run.parts("generator"):
            if part.error and part.error.form == "other target":
                fail_on_other_error(f"The second term of `{run.loss}_loss`", part)
    fail_unless_samples_driven_up(run)


def _fail_unless_reconstructing(run: LossRun) -> None:
    parts = [part for part in run.parts("generator") if part.loss.split()[0] not in ("sample", "reconstruction")]
    if not parts:
        fail(
            "`generator_loss` has no reconstruction error in it that reaches G: as a decoder G is not trained by it.",
            "Add `weight` times the mean squared error between G(E(x, h), h) and x.",
            mistake=Mistake.RECONSTRUCTION_MISSING,
        )
    if any(part.loss != "error" for part in parts):
        fail_on_other_reconstruction_loss(run)


def _adversarial_weight(run: LossRun) -> float:
    return sum(part.reading.weight for part in run.parts("discriminator") if part.reading)


def _fail_on_weight(name: str, runs: Sequence[LossRun]) -> None:
    """The two terms of L_G weigh 1 : `weight`, up to a common factor."""
    ratios = [(run, error_weight(run) / abs(_adversarial_weight(run)), float(run.probe.data["weight"])) for run in runs]
    factors = [ratio / wanted for _, ratio, wanted in ratios]  # 1 where it is right
    if all(abs(factor - 1) <= TOLERANCE for factor in factors):
        return
    sizes = [(run.x_real.shape[1], len(run.x_real)) for run in runs]
    for images, over in ((False, "pixels"), (True, "pixels and images")):
        counts = [pixels * (batch if images else 1) for pixels, batch in sizes]
        if all(abs(factor / count - 1) <= TOLERANCE for factor, count in zip(factors, counts, strict=True)):
            fail(
                f"The reconstruction error in `{name}` is a sum over the {over}, expected the mean over all elements: "
                "`weight` then means something else.",
                'Average over all elements: the default `reduction="mean"`.',
                mistake=Mistake.SUM_INSTEAD_OF_MEAN,
            )
    fail_on_pixels(name, [(pixels, factor) for (pixels, _), factor in zip(sizes, factors, strict=True)])
    first = ratios[0][1]
    if all(abs(ratio / first - 1) <= TOLERANCE for _, ratio, _ in ratios):
        fail(
            f"In `{name}` the reconstruction error weighs {first:.3g} times as much as the adversarial term whatever "
            "`weight` is, so the argument has no effect.",
            "Multiply the reconstruction error by `weight`.",
            mistake=Mistake.WEIGHT_IGNORED,
        )
    _, ratio, wanted = ratios[0]
    fail(
        f"In `{name}` the reconstruction error weighs {ratio:.3g} times as much as the adversarial term for a `weight` "
        f"of {wanted:g}, expected {wanted:g} times.",
        "Multiply the reconstruction error by `weight`, and nothing else.",
        mistake=Mistake.WEIGHT_MISAPPLIED,
    )


@pytest.mark.check(cell=CELL, points=1)
def test_autoencoder_loss_is_right(autoencoder_runs: tuple[LossRun, ...]) -> None:
    """The encoder's loss is the mean squared error between G(E(X, h), h) and X, and reaches E."""
    fail_unless_reconstruction_error(autoencoder_runs, trains_generator=False)
    for run in autoencoder_runs:
        fail_on_constant_labels("autoencoder_loss", run.attribution)
        fail_on_reconstruction_labels("autoencoder_loss", run.attribution)
