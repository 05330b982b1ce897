"""Whether the losses that a step returns are its own, and not those of another step or a constant.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the last part of the
check `step_is_well_behaved`. The losses may carry any weight, so a returned series is compared with every series of
losses that can be recomputed, up to one factor. Only what is positively recognized as wrong fails.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.checks.outcome import fail
from autograder.checks.shared.observed import StepRun
from course_utils.attribution.evidence import Call
from course_utils.probe import LOSSES

SAME = 1e-3  # relative spread of the factor between two series that are the same
MIN_STEPS = 4


def fail_on_stale_losses(runs: Sequence[StepRun]) -> None:
    run = max(runs, key=lambda run: len(run.batches))
    if len(run.batches) < MIN_STEPS:
        return
    own = {name: _recomputed(run, name) for name in LOSSES}
    for name in LOSSES:
        returned = torch.tensor([step["losses"][name]["value"] for step in run.data["steps"]]).double()
        if not own[name] or any(_proportional(returned, series) for series in own[name]):
            continue
        if float(returned.std()) <= 1e-9 * float(returned.abs().max()):
            fail(
                f"`train_step` returned the same number, {returned[0]:g}, under {name!r} in every step.",
                "Return the loss that was computed in this step.",
                mistake="returned-losses-stale",
            )
        if any(_proportional(returned[1:], series[:-1]) for series in own[name]):
            fail(
                f"Under {name!r} `train_step` returned the loss of the step before, expected this step's.",
                "Return the loss that was computed in this step; keep nothing from step to step.",
                mistake="returned-losses-stale",
            )
        summed, averaged = returned.diff(), (returned * torch.arange(1, len(returned) + 1)).diff()
        if any(_proportional(steps, series[1:]) for steps in (summed, averaged) for series in own[name]):
            fail(
                f"Under {name!r} `train_step` returned the total of all steps so far, expected this step's loss alone.",
                "Return the loss that was computed in this step; the training loop averages over the epoch.",
                mistake="returned-losses-stale",
            )
        for other in LOSSES:
            if other != name and any(_equal(returned, series) for series in own[other]):
                fail(
                    f"Under {name!r} `train_step` returned the {other}'s loss.",
                    "Check which loss stands under which name in the dict.",
                    mistake="returned-losses-mixed-up",
                )


def _proportional(returned: Tensor, series: Tensor) -> bool:
    ratio = returned / series
    return bool(ratio.isfinite().all() and ratio.any()) and float(ratio.std()) <= SAME * float(ratio.mean().abs())


def _equal(returned: Tensor, series: Tensor) -> bool:
    return bool(((returned - series).abs() <= SAME * series.abs()).all())


def _mean_squared_error(run: StepRun, call: Call) -> float:
    """Of the images of a call of G, against those behind their codes."""
    indices = torch.tensor([row.index for row in run.attribution.rows[call.number]])
    targets = run.evidence.batches[call.step][indices]  # (rows, input_size)
    return float((call.outputs.sigmoid() - targets)[indices >= 0].square().mean())


def _recomputed(run: StepRun, name: str) -> list[Tensor]:
    """Series over the steps of what the loss may have been, by its order within the step; `(steps,)` each."""
    by_step: list[list[float]] = [[] for _ in run.batches]
    for call in run.evidence.calls:
        rows = run.attribution.rows[call.number]
        if call.module == "generator" and name == "autoencoder" and all(row.index >= 0 for row in rows):
            by_step[call.step].append(_mean_squared_error(run, call))
    if name != "autoencoder":
        for backward in run.evidence.backward_times():
            parts = [part for part in run.attribution.of("discriminator", backward) if part.reading]
            up = {part.loss.startswith("real") for part in parts} == {False}
            own = [p for p in parts if p.loss.endswith("up") == up] if name == "generator" else parts
            if not parts or (name == "generator") != up:
                continue
            value = 0.0
            for part in own:
                chosen = part.gradient[:, 0] != 0
                p = part.call.outputs[chosen, 0].sigmoid()
                reading = part.reading
                assert reading is not None
                cross_entropy = -(reading.label * p.log() + (1 - reading.label) * (1 - p).log())
                value += reading.weight * float(cross_entropy.mean())
            by_step[parts[0].call.step].append(value)
            errors = [p for p in run.attribution.of("generator", backward) if p.loss == "error" and run.labels]
            if errors and name == "generator":  # with labels, the reconstruction error is a part of this loss
                value += sum(part.weight * _mean_squared_error(run, part.call) for part in errors)
                by_step[parts[0].call.step].append(value)
    length = min((len(values) for values in by_step), default=0)
    return [torch.tensor([values[i] for values in by_step]).double() for i in range(length)]
