"""The evidence that is committed beside the bounds on training."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from autograder.checks import bounds
from autograder.checks.bounds import read_bounds
from checks.hw2 import quality as of_hw2
from checks.hw2_conditional import quality as of_conditional


# The extra credit has fewer designs and points: fewer runs, and a bound on false failures that is less sharp.
@pytest.mark.parametrize(
    ("quality", "designs", "runs", "upper_95"), [(of_hw2, 40, 2000, 0.002), (of_conditional, 23, 270, 0.015)]
)
def test_the_bounds_in_force_rest_on_enough_runs_of_the_settings_in_force(
    quality: ModuleType, designs: int, runs: int, upper_95: float
) -> None:
    checks = Path(quality.__file__ or "").parent
    data = json.loads((checks / bounds.FILE).read_text(encoding="utf-8"))
    assert data["settings"] == json.loads(json.dumps(quality.SETTINGS)), f"calibrate {checks.name} again, with --write"
    assert data["designs"] >= designs
    assert data["runs"] >= runs
    assert data["upper_95"] <= upper_95
    assert {(bound.quantity, bound.side) for bound in read_bounds(checks)} == {
        (quantity.name, side) for quantity in quality.QUANTITIES for side in quantity.sides
    }
