"""What is measured after a short training run of the extra credit, and the settings that its bounds hold for.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands behind the check of
convergence; `autograder calibrate hw2_conditional` derives the bounds. To the quantities of homework 2 it adds how
often a sample shows the digit that G was asked for.
"""

from types import ModuleType
from typing import Any

import torch

from autograder.checks.bounds import Quality, Quantity
from checks.gan import training_measures
from checks.hw2_conditional.probes import CONVERGENCE, TRAINED, WIDE_SIZES, convergence_probe
from course_utils.asked_digits import count_digits
from course_utils.conditional import ConditionalModel
from coursekit.trace import Trace

AS_ASKED = "as_asked"
OF_EACH = 100  # samples of each digit
QUANTITIES = (
    *training_measures.QUANTITIES,
    Quantity(AS_ASKED, "share of samples that a classifier reads as the digit that was asked for", "logit", ("low",)),
)
# What the bounds hold for: they must be derived anew whenever this changes.
SETTINGS: dict[str, Any] = {"model": TRAINED, "wide_model": WIDE_SIZES, "of_each": OF_EACH, **CONVERGENCE}


def make_probe(seed: int) -> Trace:
    """The convergence probe of that seed."""
    return convergence_probe(torch.Generator().manual_seed(seed))


def measure(probe: Trace, trace: Trace) -> dict[str, float]:
    """The `QUANTITIES` by name; a share of 0 or 1 is moved half a sample inwards, since its scale has no edges."""
    model = training_measures.trained_model(probe, trace)
    assert isinstance(model, ConditionalModel)
    counts = count_digits(model, OF_EACH, probe.data["seed"] + 2)  # (asked, seen)
    edge = 0.5 / int(counts.sum())
    share = float(counts.diagonal().sum() / counts.sum())
    return {**training_measures.measure(probe, trace), AS_ASKED: min(max(share, edge), 1 - edge)}


def measure_solution(solution: ModuleType, seed: int) -> dict[str, float] | None:
    """The `QUANTITIES` by name, of a solution; None if its training raised."""
    return training_measures.measure_training(make_probe(seed), solution, measure)


QUALITY = Quality(SETTINGS, QUANTITIES, measure_solution)
