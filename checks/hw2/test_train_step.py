"""Hidden checks of TODO 3: in a training step, each module learns from its own losses and from nothing else."""

import pytest

from checks.gan.learning import (
    fail_unless_discriminator_learns,
    fail_unless_encoder_learns,
    fail_unless_generator_learns,
)
from checks.gan.observed import StepRun
from checks.gan.side_effects import fail_unless_well_behaved
from checks.gan.terms import REAL, SAMPLE

CELL = "check_train_step"


@pytest.mark.check(cell=CELL, points=0.5)
def test_step_is_well_behaved(step_runs: tuple[StepRun, ...]) -> None:
    """A training step runs, draws fresh noise, leaves the mini-batch alone and returns its three losses."""
    fail_unless_well_behaved(step_runs)


@pytest.mark.check(cell=CELL, points=0.5)
def test_discriminator_learns_only_from_its_loss(step_runs: tuple[StepRun, ...]) -> None:
    """What moves D is D's own loss: real images up, generated images down."""
    fail_unless_discriminator_learns(step_runs, (REAL, SAMPLE))


@pytest.mark.check(cell=CELL, points=0.5)
def test_generator_learns_only_from_its_losses(step_runs: tuple[StepRun, ...]) -> None:
    """What moves G is its adversarial loss and the reconstruction error."""
    fail_unless_generator_learns(step_runs)


@pytest.mark.check(cell=CELL, points=0.5)
def test_encoder_learns_only_from_the_reconstruction(step_runs: tuple[StepRun, ...]) -> None:
    """What moves E is the reconstruction error."""
    fail_unless_encoder_learns(step_runs)
