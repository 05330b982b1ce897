"""Whether the losses that a step returns are its own, and not those of another step, a constant or something else.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the last part of the
check `step_is_well_behaved`. The losses may carry any weight, so a returned series is compared with every series of
losses that can be recomputed, up to one factor. Only what is positively recognized as wrong fails.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.observed import StepRun
from checks.gan.series import (
    SAME,
    is_average,
    is_equal,
    is_function,
    is_mean_so_far,
    is_proportional,
    is_sum,
    is_total,
    is_total_so_far,
)
from course_utils.gan.attribution.evidence import Call
from course_utils.gan.attribution.parts import Part
from course_utils.gan.probe import LOSSES

MIN_STEPS = 4
VARIES = 5 * SAME  # relative spread of a series over the steps, without which any two of them look alike


def fail_on_stale_losses(runs: Sequence[StepRun]) -> None:
    run = max(runs, key=lambda run: len(run.batches))
    read = sorted(run.evidence.experiments)
    if len(read) < MIN_STEPS or read != list(range(read[0], read[-1] + 1)):
        return
    own = {name: _of_generator(run, read, name) for name in ("generator", "autoencoder")}
    own["discriminator"], halves = _of_discriminator(run, read)
    everything = [step["losses"] for step in run.data["steps"]]
    for name in LOSSES:
        before = torch.tensor([float(losses[name]["value"]) for losses in everything]).double()
        returned = before[read]
        if not own[name] or any(is_proportional(returned, series) for series in own[name]):
            continue
        if float(returned.std()) <= 1e-9 * float(returned.abs().max()):
            _fail(
                f"`train_step` returned the same number, {returned[0]:g}, under {name!r} in every step.",
            )
        if any(is_proportional(returned[1:], series[:-1]) for series in own[name]):
            _fail(f"Under {name!r} `train_step` returned the loss of the step before, expected this step's.")
        if any(is_total_so_far(returned, series) or is_mean_so_far(returned, series) for series in own[name]):
            _fail(
                f"Under {name!r} `train_step` returned the total or the mean of all steps so far, expected this step's "
                "loss alone."
            )
        if any(is_average(returned, series) for series in own[name]):
            _fail(f"Under {name!r} `train_step` returned a moving average over the steps, expected this step's loss.")
        for other in LOSSES:
            if other != name and any(_is_of(name, other, returned, series) for series in own[other]):
                fail(
                    f"Under {name!r} `train_step` returned the {other}'s loss.",
                    "Check which loss stands under which name in the dict.",
                    mistake=Mistake.RETURNED_LOSSES_MIXED_UP,
                )
        if is_total(returned, own):
            fail(
                f"Under {name!r} `train_step` returned the sum of all losses, expected the {name}'s alone.",
                "Return each loss by itself; the training loop shows their sum.",
                mistake=Mistake.RETURNED_LOSSES_MIXED_UP,
            )
        for other in ("generator", "autoencoder"):
            if any(is_sum(returned, a, b) for a in own["discriminator"] for b in own[other]):
                fail(
                    f"Under {name!r} `train_step` returned the discriminator's and the {other}'s loss in one number, "
                    f"added or subtracted, expected the {name}'s alone.",
                    "Return each loss by itself; the training loop shows their sum.",
                    mistake=Mistake.RETURNED_LOSSES_MIXED_UP,
                )
        # under G's name it is no mistake: whoever minimizes both together may call their sum its loss
        if name == "autoencoder" and any(is_sum(returned, a, g) for a in own[name] for g in own["generator"]):
            fail(
                f"Under {name!r} `train_step` returned the generator's loss and the reconstruction error in one "
                "number, expected the reconstruction error alone.",
                "Return each loss by itself; the training loop shows their sum.",
                mistake=Mistake.RETURNED_LOSSES_MIXED_UP,
            )
        if any(is_function(returned, series) for series in own[name]):
            fail(
                f"Under {name!r} `train_step` returned a function of the {name}'s loss, such as its root or logarithm, "
                "expected the loss.",
                "Return the loss itself; what else you want to watch may go under other names.",
                mistake=Mistake.RETURNED_LOSSES_MIXED_UP,
            )
        if name == "discriminator" and any(is_proportional(returned, series) for series in halves):
            fail(
                f"Under {name!r} `train_step` returned one part of the {name}'s loss, that for real images or that for "
                "the others, expected the whole loss.",
                "Return the sum of the parts, also where each has a backward pass of its own.",
                mistake=Mistake.RETURNED_LOSSES_MIXED_UP,
            )
        said = _score_of(run, read, returned)
        if said:
            fail(
                f"Under {name!r} `train_step` returned {said}, expected the {name}'s loss.",
                "Return the loss itself; what else you want to watch may go under other names.",
                mistake=Mistake.RETURNED_LOSSES_MIXED_UP,
            )


def _fail(seen: str) -> None:
    fail(
        seen,
        "Return the loss that was computed in this step; the training loop averages over the epoch.",
        mistake=Mistake.RETURNED_LOSSES_STALE,
    )


def _is_of(name: str, other: str, returned: Tensor, series: Tensor) -> bool:
    """Whether what is returned under a name is another's loss, whatever weight that has in what is minimized.

    G's two losses must be equal: where one is drowned by the other, their sum looks as a multiple of that.
    """
    varies = float(returned.std()) > VARIES * float(returned.mean().abs())
    of_two_networks = "discriminator" in (name, other)
    return is_equal(returned, series) or (of_two_networks and varies and is_proportional(returned, series))


def _score_of(run: StepRun, steps: Sequence[int], returned: Tensor) -> str:
    """What the numbers are if they are no loss, in words: a mean score of D, or its accuracy."""
    by_kind: dict[str, list[list[Tensor]]] = {"real": [[] for _ in steps], "sample": [[] for _ in steps]}
    for call in run.evidence.calls:
        if call.module != "discriminator" or call.step not in steps:
            continue
        kinds = [row.kind for row in run.attribution.rows[call.number]]
        for kind, found in by_kind.items():
            chosen = torch.tensor([k == kind for k in kinds])
            if bool(chosen.any()):
                found[steps.index(call.step)].append(call.outputs[chosen, 0].sigmoid())
    scores = {kind: _each(found, lambda p: float(p.mean())) for kind, found in by_kind.items()}
    hits = {
        "real": _each(by_kind["real"], lambda p: float((p > 0.5).double().mean())),
        "sample": _each(by_kind["sample"], lambda p: float((p < 0.5).double().mean())),
    }
    for kind, symbol in (("real", "D(X)"), ("sample", "D(G(z))")):
        if any(is_equal(returned, series) for series in scores[kind]):
            return f"the mean of {symbol}"
        if any(is_equal(returned, series) for series in hits[kind]):
            return "the accuracy of D"
    if any(is_equal(returned, (a + b) / 2) for a in hits["real"] for b in hits["sample"]):
        return "the accuracy of D"
    return ""


def _each(found: list[list[Tensor]], number: Callable[[Tensor], float]) -> list[Tensor]:
    """A series over the steps for each call within a step, by its order."""
    length = min((len(values) for values in found), default=0)
    return [torch.tensor([number(values[i]) for values in found]).double() for i in range(length)]


def _mean_squared_error(run: StepRun, call: Call) -> float:
    """Of the images of a call of G, against those behind their codes."""
    indices = torch.tensor([row.index for row in run.attribution.rows[call.number]])
    targets = run.evidence.batches[call.step][indices]  # (rows, input_size)
    return float((call.outputs.sigmoid() - targets)[indices >= 0].square().mean())


def _cross_entropy(part: Part) -> float:
    """The value of the loss of scores that a part is of."""
    reading = part.reading
    if reading is None or not len(reading.labels):
        return float("nan")
    p = part.call.outputs[:, 0].sigmoid()[(part.gradient != 0)[:, 0]]
    y, w = reading.labels, reading.weights
    if len(p) != len(y):
        return float("nan")
    each = w * -(y * p.log() + (1 - y) * (1 - p).log())
    return float(torch.where(y.isfinite(), each, 0.0).sum())


def _of_generator(run: StepRun, steps: Sequence[int], name: str) -> list[Tensor]:
    """Series over the steps of what a loss of G may have been, by its order within the step, last all together;
    `(steps,)` each."""
    of_step: dict[int, list[float]] = {step: [] for step in steps}
    with_errors: dict[int, list[float]] = {step: [] for step in steps}  # of G's loss, where the error is a part of it
    for call in run.evidence.calls:
        rows = run.attribution.rows[call.number]
        shown = call.step in of_step and call.module == "generator" and all(row.index >= 0 for row in rows)
        if name == "autoencoder" and shown:
            of_step[call.step].append(_mean_squared_error(run, call))
    for backward, parts in _passes(run, steps, of_generator=True) if name == "generator" else ():
        value = sum(_cross_entropy(part) for part in parts if part.loss.endswith("up"))
        of_step[parts[0].call.step].append(value)
        errors = [p for p in run.attribution.of("generator", backward) if p.loss == "error" and run.labels]
        if errors:
            value += sum(p.error.weight * _mean_squared_error(run, p.call) for p in errors if p.error)
            with_errors[parts[0].call.step].append(value)
    series = [one for values in (of_step, with_errors) for one in _with_sum(list(values.values()))]
    return [one for one in series if bool(one.isfinite().all())]


def _of_discriminator(run: StepRun, steps: Sequence[int]) -> tuple[list[Tensor], list[Tensor]]:
    """Series over the steps of what D's loss may have been, as `_of_generator` has them, and of what is only a part of
    it: that for real images or that for the others, where each has a backward pass of its own."""
    of_step: dict[int, list[float]] = {step: [] for step in steps}
    whole: dict[int, list[bool]] = {step: [] for step in steps}
    for _, parts in _passes(run, steps, of_generator=False):
        kinds = {part.loss.startswith("real") for part in parts}
        of_step[parts[0].call.step].append(sum(_cross_entropy(part) for part in parts))
        whole[parts[0].call.step].append(len(kinds) > 1)
    series = _with_sum(list(of_step.values()))
    parted = len(series) > 1
    is_part = [parted and not any(of_one) for of_one in zip(*whole.values(), strict=False)] + [False] * parted
    finite = [(one, part) for one, part in zip(series, is_part, strict=True) if bool(one.isfinite().all())]
    return [one for one, part in finite if not part], [one for one, part in finite if part]


def _passes(run: StepRun, steps: Sequence[int], *, of_generator: bool) -> Iterator[tuple[int, list[Part]]]:
    """The backward passes of some steps through D whose scores can be read, those of G's loss or those of D's."""
    for backward in run.evidence.backward_times():
        parts = [part for part in run.attribution.of("discriminator", backward) if part.reading]
        up = any(p.loss.endswith("up") for p in parts) and not any(p.loss.startswith("real") for p in parts)
        if parts and up == of_generator and parts[0].call.step in steps:
            yield backward, parts


def _with_sum(read: Sequence[Sequence[float]]) -> list[Tensor]:
    """A series over the steps for each number of a step, by its order, and that of their sums: passes of one step may
    be returned as their sum or their mean."""
    length = min((len(values) for values in read), default=0)
    series = [torch.tensor([values[i] for values in read]).double() for i in range(length)]
    return series + ([torch.stack(series).sum(0)] if len(series) > 1 else [])
