"""The evidence that is committed beside the bounds on training."""

import json
from pathlib import Path
from types import ModuleType

import pytest
import torch

from autograder.checks import bounds
from autograder.checks.bounds import read_bounds
from autograder.selftest import running
from checks.gan.probes import CONVERGENCE_SIZES, convergence_probe
from checks.gan.training_measures import QUANTITIES, measure, measure_training
from checks.hw2 import quality as of_hw2
from checks.hw2_conditional import quality as of_conditional

RIGHT = Path(__file__).parents[3] / "solutions" / "hw2" / "right"


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


@pytest.mark.usefixtures("one_thread")
def test_a_solution_that_sets_the_default_type_of_torch_is_measured_like_any_other() -> None:
    settings = {"lr": 1e-3, "batch_size": 8, "num_steps": 3, "log_every": 3}
    probe = convergence_probe(CONVERGENCE_SIZES, settings, torch.Generator().manual_seed(0))
    with running(RIGHT / "float64_by_default.py") as solution:
        values = measure_training(probe, solution, measure)
    assert values is not None
    assert set(values) == {quantity.name for quantity in QUANTITIES}
