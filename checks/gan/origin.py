"""Whether a trace answers the probe that it claims to answer, and not another one.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands between the form of a
trace and the checks. Probes hold weights that nobody can know in advance, so a trace that was recorded for another
probe, in an earlier run or at home, shows other weights at its beginning.
"""

from typing import Any

import torch
from torch import Tensor

from autograder.checks.outcome import cannot_judge
from course_utils.gan.places import MODULES
from coursekit.trace import Trace, TraceError, named_tensor

# Mean over the modules of the correlation of the weights after training with those before it: at least 0.43 for the 40
# designs in solutions/hw2/right, at most 0.02 for weights that have nothing to do with each other.
LEAST_CORRELATION = 0.15


def require_origin(probe: Trace, trace: Trace, name: str) -> None:
    """Ends the check unless the trace begins with the weights of the probe.

    Raises:
        TraceError: a loss function was recorded on another model.
        CheckEnded: cannot judge: training began with other weights and shows none of the probe's images, or the weights
            are too coarse; a person looks.
    """
    match probe.data["kind"]:
        case "losses":
            calls = [event for event in trace.data["events"] if event["event"] == "call" and event.get("own") is True]
            for call in calls[:1]:
                if not _equal(probe, trace, call.get("module"), call.get("weights")):
                    raise TraceError(f"The trace {name} was recorded on another model than the one it was asked for.")
                _require_precision(trace, call.get("weights"))
        case "train_step":
            marks = [event for event in trace.data["events"] if event["event"] == "mark"]
            for mark in marks[:1]:
                weights = mark.get("weights")
                own = isinstance(weights, dict) and all(_equal(probe, trace, m, weights.get(m)) for m in MODULES)
                if not own and not _shows_images(probe, trace):
                    cannot_judge(_explain("the recorded training steps"))
                for reference in weights.values():
                    _require_precision(trace, reference)


def require_growth(probe: Trace, trace: Trace) -> None:
    """Ends the check unless the weights after training still resemble those that the probe began with.

    Only good weights need this look: bad ones fail, wherever they come from, and a far too large learning rate also
    leaves nothing of the weights that it began with.

    Raises:
        CheckEnded: cannot judge: the weights may come from another run, so a person looks.
    """
    if not _grown_from(probe, trace):
        cannot_judge(_explain("the short training run"))


def _explain(what: str) -> str:
    return (
        f"The weights in {what} did not come from the ones that the model was given, as happens where code initializes "
        "the weights anew. What they are worth cannot be told by comparing then; a person will look at it."
    )


def _shows_images(probe: Trace, trace: Trace) -> bool:
    """Whether a module was called on an image of the probe: code that initializes the weights anew works on those."""
    images = torch.cat([named_tensor(probe, reference) for reference in probe.data["batches"]])
    for event in trace.data["events"]:
        if event["event"] == "call":
            seen = named_tensor(trace, event.get("input"))
            if seen.ndim == 2 and seen.shape[1] >= images.shape[1] and seen.is_floating_point():
                rows = seen[:, : images.shape[1]].to(images.dtype)
                if bool((rows[:, None] == images[None]).all(dim=2).any()):
                    return True
    return False


def _equal(probe: Trace, trace: Trace, module: Any, reference: Any) -> bool:
    """Whether they are the probe's weights, in whatever floating type the model has been brought to."""
    if module not in MODULES:
        return False
    recorded, asked = named_tensor(trace, reference), named_tensor(probe, probe.data["weights"][module])
    return recorded.is_floating_point() and torch.equal(recorded, asked.to(recorded.dtype))


def _require_precision(trace: Trace, reference: Any) -> None:
    """Gradients are told apart by their digits, of which 16 bits hold too few."""
    dtype = named_tensor(trace, reference).dtype
    if dtype.itemsize < 4:
        cannot_judge(
            f"The model computes in {str(dtype).removeprefix('torch.')}, which is too coarse for its gradients to be "
            "told apart; a person will look at it."
        )


def _grown_from(probe: Trace, trace: Trace) -> bool:
    """Whether the trained weights still resemble those before training."""
    before = probe.data["wide_weights" if trace.data.get("wide") else "weights"]
    pairs = [(named_tensor(trace, trace.data["weights"][m]), named_tensor(probe, before[m])) for m in MODULES]
    correlations = [_correlation(after.double(), start.double()) for after, start in pairs]
    return sum(correlations) / len(correlations) >= LEAST_CORRELATION


def _correlation(first: Tensor, second: Tensor) -> float:
    """Pearson's correlation of two vectors; 0 where one of them is constant."""
    first, second = first - first.mean(), second - second.mean()
    product = float(first.norm() * second.norm())
    return float(first @ second) / product if product else 0.0
