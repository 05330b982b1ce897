"""The evidence that is committed beside the bounds on training."""

import json
from pathlib import Path

from autograder.checks import bounds
from autograder.checks.bounds import read_bounds
from autograder.checks.hw2 import quality

CHECKS = Path(bounds.__file__).parent / "hw2"


def test_the_bounds_in_force_rest_on_enough_runs_of_the_settings_in_force() -> None:
    data = json.loads((CHECKS / bounds.FILE).read_text(encoding="utf-8"))
    assert data["settings"] == json.loads(json.dumps(quality.SETTINGS)), "run `autograder calibrate hw2 --write`"
    assert data["designs"] >= 10
    assert data["runs"] >= 2000
    assert data["upper_95"] <= 0.002
    assert {(bound.quantity, bound.side) for bound in read_bounds(CHECKS)} == {
        (quantity.name, side) for quantity in quality.QUANTITIES for side in quantity.sides
    }
