"""Hidden checks of TODO 2: each loss alone, its type, its shape, then what its gradient says about it."""

import pytest

from checks.gan.forms import fail_on_function_of_scores, fail_on_other_scores
from checks.gan.images import fail_on_rescaled_images
from checks.gan.losses import (
    fail_on_terms,
    fail_unless_finite_for_one_image,
    fail_unless_given_z,
    fail_unless_reached,
    fail_unless_samples_driven_up,
    fail_unless_scalar_with_graph,
    judged_closely,
)
from checks.gan.observed import LossRun
from checks.gan.reconstruction import fail_unless_reconstruction_error
from checks.gan.scale import fail_on_sum
from checks.gan.terms import REAL, SAMPLE
from checks.gan.usage import fail_on_unused_images, fail_on_unused_z

CELL = "check_losses"


@pytest.mark.check(cell=CELL, points=1)
def test_discriminator_loss_is_right(discriminator_runs: tuple[LossRun, ...]) -> None:
    """The discriminator's loss is the cross-entropy of D(X) towards real and of D(G(z)) towards fake."""
    fail_unless_scalar_with_graph(discriminator_runs)
    readable = judged_closely(discriminator_runs)
    for run in readable:
        fail_unless_reached(run, "discriminator")
        parts = run.parts("discriminator")
        fail_on_other_scores("`discriminator_loss`", parts)
        fail_on_terms("discriminator_loss", run, parts, (REAL, SAMPLE))
        fail_on_other_scores("`discriminator_loss`", parts, "saturating")
        fail_on_function_of_scores("`discriminator_loss`", parts)
        fail_on_rescaled_images("discriminator_loss", run.attribution, "discriminator")
        fail_on_unused_images(run, parts)
        fail_unless_given_z(run)
        fail_on_unused_z(run, parts)
    weights = [(run, [part.reading.weight for part in run.parts("discriminator") if part.reading]) for run in readable]
    fail_on_sum("discriminator_loss", [(run, sum(values)) for run, values in weights])
    fail_unless_finite_for_one_image(discriminator_runs)


@pytest.mark.check(cell=CELL, points=1)
def test_generator_loss_is_right(generator_runs: tuple[LossRun, ...]) -> None:
    """The generator's loss is the cross-entropy that makes D take its samples for real."""
    fail_unless_scalar_with_graph(generator_runs)
    readable = judged_closely(generator_runs)
    for run in readable:
        fail_unless_reached(run, "generator")
        fail_on_other_scores("`generator_loss`", run.parts("discriminator"))
        fail_unless_samples_driven_up(run)
        fail_on_function_of_scores("`generator_loss`", run.parts("discriminator"))
        fail_unless_given_z(run)
        fail_on_unused_z(run, run.parts("discriminator"))
    weights = [(run, sum(p.reading.weight for p in run.parts("discriminator") if p.reading)) for run in readable]
    fail_on_sum("generator_loss", weights)
    fail_unless_finite_for_one_image(generator_runs)


@pytest.mark.check(cell=CELL, points=1)
def test_autoencoder_loss_is_right(autoencoder_runs: tuple[LossRun, ...]) -> None:
    """The autoencoder's loss is the mean squared error between G(E(X)) and X, and reaches E and G."""
    fail_unless_reconstruction_error(autoencoder_runs)
