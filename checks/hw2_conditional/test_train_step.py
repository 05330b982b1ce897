"""Hidden checks of TODO 4: in a step, each module learns from its own losses, and the labels reach all three."""

import pytest

from checks.gan.labels import (
    fail_on_labels_of_other_images,
    fail_on_step_reconstruction_labels,
    fail_on_stray_samples,
)
from checks.gan.learning import (
    fail_unless_discriminator_learns,
    fail_unless_encoder_learns,
    fail_unless_generator_learns,
)
from checks.gan.observed import StepRun
from checks.gan.side_effects import fail_unless_well_behaved
from checks.gan.terms import REAL, SAMPLE, SHARES, WRONG
from checks.gan.wrong_labels import fail_on_old_wrong_labels, fail_on_wrong_labels_of_few_classes

CELL = "check_train_step"


@pytest.mark.check(cell=CELL, points=0.5)
def test_step_is_well_behaved(step_runs: tuple[StepRun, ...]) -> None:
    """A training step runs, draws fresh noise, leaves images and labels alone and returns its three losses."""
    fail_unless_well_behaved(step_runs)


@pytest.mark.check(cell=CELL, points=0.5)
def test_discriminator_learns_only_from_its_loss(step_runs: tuple[StepRun, ...]) -> None:
    """What moves D is D's own loss: real images with their labels up, wrong labels and generated images down."""
    fail_on_labels_of_other_images(step_runs)
    fail_on_wrong_labels_of_few_classes(step_runs)
    fail_on_old_wrong_labels(step_runs)
    fail_unless_discriminator_learns(step_runs, (REAL, WRONG, SAMPLE), SHARES)


@pytest.mark.check(cell=CELL, points=0.5)
def test_generator_learns_only_from_its_losses(step_runs: tuple[StepRun, ...]) -> None:
    """What moves G is its adversarial loss, under the labels it was asked for, and the reconstruction error."""
    fail_on_stray_samples(step_runs)
    fail_unless_generator_learns(step_runs)
    fail_on_step_reconstruction_labels(step_runs, "generator")


@pytest.mark.check(cell=CELL, points=0.5)
def test_encoder_learns_only_from_the_reconstruction(step_runs: tuple[StepRun, ...]) -> None:
    """What moves E is the reconstruction error of images with their labels."""
    fail_unless_encoder_learns(step_runs)
    fail_on_step_reconstruction_labels(step_runs, "encoder")
