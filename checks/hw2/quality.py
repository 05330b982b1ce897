"""What is measured after a short training run of homework 2, and the settings of the run that its bounds hold for.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands behind the check of
convergence; `autograder calibrate hw2` derives the bounds.
"""

from types import ModuleType
from typing import Any

import torch

from autograder.checks.bounds import Quality
from checks.gan.probes import CONVERGENCE_SIZES
from checks.gan.training_measures import QUANTITIES, measure, measure_training
from checks.hw2.probes import CONVERGENCE, WIDE_SIZES, convergence_probe
from coursekit.trace import Trace

# What the bounds hold for: they must be derived anew whenever this changes.
SETTINGS: dict[str, Any] = {"model": CONVERGENCE_SIZES, "wide_model": WIDE_SIZES, **CONVERGENCE}


def make_probe(seed: int) -> Trace:
    """The convergence probe of that seed."""
    return convergence_probe(torch.Generator().manual_seed(seed))


def measure_solution(solution: ModuleType, seed: int) -> dict[str, float] | None:
    """The `QUANTITIES` by name, of a solution; None if its training raised."""
    return measure_training(make_probe(seed), solution, measure)


QUALITY = Quality(SETTINGS, QUANTITIES, measure_solution)
