"""Hidden check that training converges, and that the digits that are asked for come: the weights are evaluated.

The bounds hold for the run that `probes.CONVERGENCE` fixes and were derived from runs of right solutions by
`autograder calibrate hw2_conditional`; `bounds.json` says from how many, and how often a right solution would fail.
"""

from pathlib import Path

import pytest

from autograder.checks.bounds import Bound, read_bounds
from autograder.checks.plugin import TraceFolder
from checks.gan.convergence import explain, fail_unless_training_converges
from checks.hw2_conditional.quality import AS_ASKED, measure

CELL = "check_convergence"


@pytest.mark.check(cell=CELL, points=1)
def test_digits_come_as_asked(trace: TraceFolder) -> None:
    """A short training run learns to reconstruct, and to draw the digit that it is asked for."""
    fail_unless_training_converges(trace, read_bounds(Path(__file__).parent), measure, _explain)


def _explain(bound: Bound, bounds: tuple[Bound, ...], values: dict[str, float]) -> tuple[str, str]:
    if bound.quantity != AS_ASKED:
        return explain(bound, bounds, values)
    return (
        f"a classifier reads {values[AS_ASKED]:.0%} of the samples as the digit that was asked for, expected at least "
        f"{bound.limit:.0%}.",
        "Check that D is shown real images with wrong labels, that it judges each sample under the label that G was "
        "given, and that the adversarial loss is not drowned by the weight of the reconstruction error.",
    )
