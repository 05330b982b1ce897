"""Hidden check that training converges: the weights that come out of a short run are evaluated, no reported number.

The bounds hold for the run that `probes.CONVERGENCE` fixes and were derived from thousands of runs of right solutions
by `autograder calibrate hw2`; `bounds.json` says from how many, and how often a right solution would fail.
"""

from pathlib import Path

import pytest

from autograder.checks.bounds import read_bounds
from autograder.checks.plugin import TraceFolder
from checks.gan.convergence import fail_unless_training_converges
from checks.gan.training_measures import measure

CELL = "check_convergence"


@pytest.mark.check(cell=CELL, points=1)
def test_training_converges(trace: TraceFolder) -> None:
    """A short training run learns to reconstruct and to generate, with neither G nor D winning for good."""
    fail_unless_training_converges(trace, read_bounds(Path(__file__).parent), measure)
