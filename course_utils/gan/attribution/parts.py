"""The gradient at the output of each call as a sum of named parts.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the attribution proper.
A gradient that arrives at a call's output is exact evidence: what reaches the module's parameters, and what goes on
to the modules before it, are vector-Jacobian products of it, which are recomputed. So the gradient at D's logits is
read from the experiments (`scores`), the gradient at G's output is that of D behind it plus the reconstruction error,
which is what arrives where D is mute (`reconstruction_error`), and the gradient at E's output is that of G behind it.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course_utils.gan.attribution.evidence import Arrival, Call, Evidence, Experiment
from course_utils.gan.attribution.hooks import turned_by_hook
from course_utils.gan.attribution.least_squares import least_squares
from course_utils.gan.attribution.origins import Rows
from course_utils.gan.attribution.reconstruction_error import ErrorReading, read_error, slope
from course_utils.gan.attribution.scores import Reading
from course_utils.gan.moves import OF_G, STILL

FIT = 1e-3  # relative residual below which a gradient counts as explained


@dataclass(frozen=True, eq=False)
class Part:
    """One named part of a gradient.

    `loss` names what the part follows: for scores, what D was called on and in which direction its score is driven
    (`"real up"`, `"sample down"`, `"reconstruction up"`, ...), or `"error"` for the reconstruction error, `"features"`
    for what comes out of D's hidden layers and not from its scores, `"unknown"`, or `"unread"` where no experiment
    tells. `gradient` has the shape of the call's outputs.
    """

    loss: str
    call: Call
    backward: int
    gradient: Tensor
    reading: Reading | None = None  # of D's scores
    error: ErrorReading | None = None  # of the reconstruction


def experiment_of(arrival: Arrival, evidence: Evidence) -> Experiment | None:
    """That of the arrival's step, unless it belongs to a call of an earlier one, or to one too coarse to be read."""
    experiment = evidence.experiments.get(arrival.call.step)
    if experiment is None or not any(own is arrival for own in experiment.arrivals) or not arrival.call.faithful:
        return None
    return experiment


def unread(arrival: Arrival) -> list[Part]:
    """The step was not taken again, or took another course then."""
    some = bool(arrival.gradient.any())
    return [Part("unread", arrival.call, arrival.backward, arrival.gradient)] if some else []


def _passed_on(evidence: Evidence, rows: Rows, call: Call, later: list[Part]) -> list[tuple[Part, Tensor]]:
    """What parts of later modules send back to the outputs of `call`: `(rows, output width)` for each part."""
    passed = []
    for part in later:
        if not part.call.inputs_require_grad or part.call.time < call.time:
            continue
        targets = [
            (i, source_row)
            for i, row in enumerate(rows[part.call.number])
            for number, source_row in row.sources
            if number == call.number
        ]
        if not targets:
            continue
        of_inputs = evidence.replay.vjp(part.call, part.gradient)[1]
        gradient = torch.zeros_like(call.outputs)
        for i, source_row in targets:
            gradient[source_row] += of_inputs[i]
        if call.module == "generator":  # from the image back to the value before the sigmoid
            p = call.outputs.sigmoid()
            gradient = gradient * p * (1 - p)
        if bool(gradient.any()):
            passed.append((part, gradient))
    return passed


def image_parts(arrival: Arrival, scores: list[Part], before: list[Part], evidence: Evidence, rows: Rows) -> list[Part]:
    """The gradient at G's output: what D passed on, and the reconstruction, which arrives where D is mute, too.

    Who takes the gradient at the images first, and hands it on to G in a pass of its own, has D in a pass before.
    """
    experiment = experiment_of(arrival, evidence)
    if experiment is None:
        return unread(arrival)
    call, backward, total = arrival.call, arrival.backward, arrival.gradient
    if not bool(total.any()):
        return []
    batch = evidence.batches[min(call.step, len(evidence.batches) - 1)]
    points = [experiment.arrival(name, arrival) for name in (STILL, OF_G)]
    own = read_error(points, rows[call.number], batch, float(total.norm()))
    passed = _passed_on(evidence, rows, call, scores)
    alone: list[tuple[Part, Tensor]] = []  # what is not from D
    if own.form == "squared error":
        gradient = own.weights[:, None] * slope(call.outputs, batch[own.targets.clamp(min=0)])
        loss = "error" if own.weight > 0 else "error up"
        alone = [(Part(loss, call, backward, gradient, error=own), gradient)]
    elif own.form != "none":
        gradient = points[0].gradient
        alone = [(Part("unknown", call, backward, gradient, error=own), gradient)]
    parts = _explained_by(call, backward, total, alone + passed, rows)
    if not _leaves_something(parts):
        return parts
    handed_on = _passed_on(evidence, rows, call, [part for part in before if part.call.step == call.step])
    if handed_on and not _leaves_something(
        by_hand := _explained_by(call, backward, total, alone + passed + handed_on, rows)
    ):
        return by_hand
    if own.form in ("none", "squared error") and _is_followed(call, scores, rows):
        # What arrives where D is mute is known, and so is what D's scores add to it: the rest is of its hidden layers.
        return [replace(part, loss="features") if part.loss == "unknown" else part for part in parts]
    own_part = [part for part, _ in alone]
    left = total - sum((gradient for _, gradient in alone), torch.zeros_like(total))
    return own_part + _from_scores(call, backward, left, scores, rows)


def _leaves_something(parts: list[Part]) -> bool:
    """Whether something of a gradient is in no part that is known."""
    return any(part.loss == "unknown" and part.error is None for part in parts)


def _is_followed(call: Call, scores: list[Part], rows: Rows) -> bool:
    """Whether what D's scores send back to a call of G can be recomputed: nothing was put on the images between."""
    behind = [part for part in scores if part.call.inputs_require_grad]
    images = [row for part in behind for row in rows[part.call.number]]
    return all(part.loss != "unread" for part in behind) and all(r.exact and r.kind != "other" for r in images)


def _from_scores(call: Call, backward: int, total: Tensor, scores: list[Part], rows: Rows) -> list[Part]:
    """What D passed on to G through something that was put on the images: what was read of the scores names it."""
    kinds = {"code": "reconstruction", "noise": "sample"}
    wanted = {kinds.get(row.kind, "") for row in rows[call.number]}
    behind = [part for part in scores if part.call.inputs_require_grad and part.loss.split()[0] in wanted]
    losses = sorted({part.loss for part in behind})
    if not losses:
        return [Part("unknown", call, backward, total)]
    return [Part(loss, call, backward, total / len(losses), behind[0].reading) for loss in losses]


def code_parts(arrival: Arrival, images: list[Part], before: list[Part], evidence: Evidence, rows: Rows) -> list[Part]:
    """The gradient at E's output is what G passed on, in the same pass or, handed on by hand, in a pass before."""
    if experiment_of(arrival, evidence) is None:
        return unread(arrival)
    call, backward, total = arrival.call, arrival.backward, arrival.gradient
    passed = _passed_on(evidence, rows, call, images)
    parts = _explained_by(call, backward, total, passed, rows)
    handed_on = _passed_on(evidence, rows, call, [part for part in before if part.call.step == call.step])
    if _leaves_something(parts) and handed_on:
        by_hand = _explained_by(call, backward, total, passed + handed_on, rows)
        return parts if _leaves_something(by_hand) else by_hand
    return parts


def _explained_by(
    call: Call, backward: int, total: Tensor, passed: list[tuple[Part, Tensor]], rows: Rows
) -> list[Part]:
    """Write the arrived gradient as a sum of the passed ones, or else of multiples of them; what is left is unknown."""
    if not bool(total.any()):
        return []
    factors = [torch.ones(())] * len(passed)
    left = total - sum((gradient for _, gradient in passed), torch.zeros_like(total))
    if passed and float(left.norm()) > FIT * float(total.norm()):
        # Not every call lets its gradient through unchanged: a second look with free factors, of calls or of rows.
        design = torch.stack([gradient.reshape(-1) for _, gradient in passed], dim=1)
        solution = least_squares(design, total.reshape(-1))
        free_left = total - (design @ solution).reshape(total.shape)
        if float(free_left.norm()) <= FIT * float(total.norm()):
            factors, left = list(solution), free_left
        elif (by_rows := _turned(call, total, passed, rows)) is not None:
            factors, left = by_rows, torch.zeros_like(total)
    parts = []
    for (part, gradient), factor in zip(passed, factors, strict=True):
        if float((factor * gradient).norm()) > FIT * float(total.norm()):
            loss = part.loss if bool((factor >= 0).all()) else _reversed(part.loss)
            parts.append(Part(loss, call, backward, factor * gradient, part.reading, part.error))
    if float(left.norm()) > FIT * float(total.norm()):
        parts.append(Part("unknown", call, backward, left))
    return parts


def _turned(call: Call, total: Tensor, passed: list[tuple[Part, Tensor]], rows: Rows) -> list[Tensor] | None:
    """For each part its factors, where a hook has turned what the only later call gave back."""
    later = [number for number, (part, _) in enumerate(passed) if part.call is not call]
    if len(later) != 1:
        return None
    part, gradient = passed[later[0]]
    logits = torch.zeros(len(gradient), dtype=torch.float64)
    for i, row in enumerate(rows[part.call.number]):
        logits[[source for number, source in row.sources if number == call.number]] = part.call.outputs[i, 0]
    others = [g for number, (_, g) in enumerate(passed) if number not in later]
    factors = turned_by_hook(total - sum(others, torch.zeros_like(total)), gradient, logits)
    return None if factors is None else [factors if n in later else torch.ones(()) for n in range(len(passed))]


def _reversed(loss: str) -> str:
    """The name of a part whose sign was turned round on its way, as a gradient reversal layer does."""
    head, _, direction = loss.rpartition(" ")
    return {"up": f"{head} down", "down": f"{head} up"}.get(direction, loss)
