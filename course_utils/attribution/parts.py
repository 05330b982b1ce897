"""Which losses stand behind each backward pass: the gradient of every module as a sum of named parts.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is the attribution proper.
A gradient that arrives at a call's output is exact evidence: what reaches the module's parameters, and what goes on
to the modules before it, are vector-Jacobian products of it, which are recomputed. So the gradient at D's logits is
read (`scores`), the gradient at G's output is that of D behind it plus the reconstruction error, and the gradient at
E's output is that of G behind it.
"""

from collections import defaultdict
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.attribution.evidence import Arrival, Call, Evidence
from course_utils.attribution.provenance import Row, trace_rows
from course_utils.attribution.scores import Reading, read_scores

FIT = 1e-3  # relative residual below which a gradient counts as explained

FAKES = ("sample", "reconstruction")


@dataclass(frozen=True, eq=False)
class Part:
    """One named part of a gradient.

    `loss` names what the part follows: for scores, what D was called on and in which direction its score is driven
    (`"real up"`, `"sample down"`, `"reconstruction up"`, ...), or `"error"` for the reconstruction error, or
    `"unknown"`. `gradient` has the shape of the call's outputs.
    """

    loss: str
    call: Call
    backward: int
    gradient: Tensor
    reading: Reading | None = None
    # For "error": the weight of the mean squared error; for other reconstruction losses, what it looks like.
    weight: float = 0.0
    note: str = ""


@dataclass(frozen=True, eq=False)
class Attribution:
    """All parts, for each module and backward pass, and what the rows of each call are."""

    evidence: Evidence
    rows: dict[int, tuple[Row, ...]]
    parts: dict[tuple[str, int], tuple[Part, ...]]

    def of(self, module: str, backward: int) -> tuple[Part, ...]:
        return self.parts.get((module, backward), ())

    def parameter_gradient(self, part: Part) -> Tensor:
        """What the part adds to the gradient of its module's own parameters, flat; zero for frozen copies."""
        if not part.call.own:
            return torch.zeros(self.evidence.replay.parameter_count(part.call.module), dtype=torch.float64)
        return self.evidence.replay.vjp(part.call, part.gradient)[0]


def attribute(evidence: Evidence) -> Attribution:
    """Decompose every gradient of the recorded backward passes."""
    rows = trace_rows(evidence)
    parts: dict[tuple[str, int], tuple[Part, ...]] = {}
    for backward in evidence.backward_times():
        arrivals: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in evidence.arrivals:
            if arrival.backward == backward:
                arrivals[arrival.call.module].append(arrival)
        scores = [part for arrival in arrivals["discriminator"] for part in _score_parts(arrival, rows)]
        images = [
            part
            for arrival in arrivals["generator"]
            for part in _image_parts(arrival, _passed_on(evidence, rows, arrival.call, scores), evidence, rows)
        ]
        codes = [
            part
            for arrival in arrivals["encoder"]
            for part in _explained_by(arrival, _passed_on(evidence, rows, arrival.call, images))
        ]
        parts["discriminator", backward] = tuple(scores)
        parts["generator", backward] = tuple(images)
        parts["encoder", backward] = tuple(codes)
    return Attribution(evidence, rows, parts)


def _score_parts(arrival: Arrival, rows: dict[int, tuple[Row, ...]]) -> list[Part]:
    """The gradient at D's logits, split by what D was called on."""
    parts = []
    kinds = [row.kind for row in rows[arrival.call.number]]
    for kind in sorted(set(kinds)):
        chosen = torch.tensor([k == kind for k in kinds])
        reading = read_scores(arrival.call.outputs[chosen, 0], arrival.gradient[chosen, 0])
        if reading.direction != "none":
            gradient = torch.where(chosen[:, None], arrival.gradient, 0.0)
            loss = f"{kind} {reading.direction}"
            parts.append(Part(loss, arrival.call, arrival.backward, gradient, reading))
    return parts


def _passed_on(
    evidence: Evidence, rows: dict[int, tuple[Row, ...]], call: Call, later: list[Part]
) -> list[tuple[Part, Tensor]]:
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
        if bool(gradient.abs().max() > 0):
            passed.append((part, gradient))
    return passed


def _image_parts(
    arrival: Arrival, passed: list[tuple[Part, Tensor]], evidence: Evidence, rows: dict[int, tuple[Row, ...]]
) -> list[Part]:
    """The gradient at G's output: adversarial parts from D behind it, and the reconstruction error."""
    error = _error_direction(arrival.call, evidence, rows)
    parts = _explained_by(arrival, passed, error)
    if all(part.loss != "unknown" for part in parts):
        return parts
    note = _other_reconstruction_loss(arrival, passed, evidence, rows)
    return [Part(p.loss, p.call, p.backward, p.gradient, note=note) if p.loss == "unknown" else p for p in parts]


def _error_direction(call: Call, evidence: Evidence, rows: dict[int, tuple[Row, ...]]) -> Tensor | None:
    """d/d output of the mean squared error of the call's images against the real images behind their codes."""
    indices = [row.index if row.kind == "code" else -1 for row in rows[call.number]]
    if all(index < 0 for index in indices):
        return None
    batch = evidence.batches[min(call.step, len(evidence.batches) - 1)]
    return mean_squared_error_gradient(call, batch[torch.tensor(indices).clamp(min=0)], torch.tensor(indices) >= 0)


def mean_squared_error_gradient(call: Call, targets: Tensor, rows: Tensor | None = None) -> Tensor:
    """The gradient of mean((G - targets)^2) at the output before the sigmoid; only in the chosen `rows`."""
    p = call.outputs.sigmoid()
    gradient = 2 * (p - targets) * p * (1 - p) / p.numel()
    return gradient if rows is None else torch.where(rows[:, None], gradient, 0.0)


def _explained_by(arrival: Arrival, passed: list[tuple[Part, Tensor]], error: Tensor | None = None) -> list[Part]:
    """Write the arrived gradient as the passed gradients plus a multiple of `error`; what is left is unknown."""
    call, backward, total = arrival.call, arrival.backward, arrival.gradient
    if not bool(total.abs().max() > 0):
        return []
    basis = [gradient for _, gradient in passed] + ([error] if error is not None else [])
    factors = [1.0] * len(passed) + ([0.0] if error is not None else [])
    left = total - sum((gradient for _, gradient in passed), torch.zeros_like(total))
    if error is not None and bool(error.abs().max() > 0):
        factors[-1] = float((left * error).sum() / error.square().sum())
        left = left - factors[-1] * error
    if float(left.norm()) > FIT * float(total.norm()) and basis:
        # Not every call lets its gradient through unchanged: a second look with free factors.
        design = torch.stack([vector.reshape(-1) for vector in basis], dim=1)
        solution = torch.linalg.lstsq(design, total.reshape(-1, 1), driver="gelsd").solution[:, 0]
        free_left = total - (design @ solution).reshape(total.shape)
        if float(free_left.norm()) <= FIT * float(total.norm()):
            factors, left = [float(f) for f in solution], free_left
    parts = []
    for (part, gradient), factor in zip(passed, factors, strict=False):
        if float((factor * gradient).norm()) > FIT * float(total.norm()):
            loss = part.loss if factor > 0 else _reversed(part.loss)
            parts.append(Part(loss, call, backward, factor * gradient, part.reading, part.weight * factor, part.note))
    if error is not None and float((factors[-1] * error).norm()) > FIT * float(total.norm()):
        loss = "error" if factors[-1] > 0 else "error up"
        parts.append(Part(loss, call, backward, factors[-1] * error, weight=factors[-1]))
    if float(left.norm()) > FIT * float(total.norm()):
        parts.append(Part("unknown", call, backward, left))
    return parts


def _reversed(loss: str) -> str:
    """The name of a part whose sign was turned round on its way, as a gradient reversal layer does."""
    head, _, direction = loss.rpartition(" ")
    return {"up": f"{head} down", "down": f"{head} up"}.get(direction, loss)


def _other_reconstruction_loss(
    arrival: Arrival, passed: list[tuple[Part, Tensor]], evidence: Evidence, rows: dict[int, tuple[Row, ...]]
) -> str:
    """Which other loss or target would explain the gradient at G's output: a word for the student, or ''."""
    call = arrival.call
    left = arrival.gradient - sum((gradient for _, gradient in passed), torch.zeros_like(arrival.gradient))
    batch = evidence.batches[min(call.step, len(evidence.batches) - 1)]
    p = call.outputs.sigmoid()
    indices = torch.tensor([row.index for row in rows[call.number]])
    if _follows_other_rows(call, left, batch):
        return "wrong target"
    candidates: list[tuple[str, Tensor]] = []
    if bool((indices >= 0).all()):
        own = batch[indices]
        candidates += [("absolute error", (p - own).sign() * p * (1 - p)), ("cross-entropy", p - own)]
    others = [c.outputs.sigmoid() for c in evidence.calls if c.module == "generator" and c is not call]
    targets = [torch.full_like(p, constant) for constant in (0.0, 0.5, 1.0)] + [o for o in others if o.shape == p.shape]
    targets.append(batch.mean(0, keepdim=True).expand_as(p))
    if len(batch) == len(p):
        targets += [2 * batch - 1, *((batch > limit).double() for limit in (0.0, 0.25, 0.5))]
    if bool((indices >= 0).all()):
        again = p.sigmoid()
        candidates.append(("second sigmoid", (again - batch[indices]) * again * (1 - again) * p * (1 - p)))
    candidates += [("wrong target", mean_squared_error_gradient(call, target)) for target in targets]
    for name, vector in candidates:
        if bool(vector.abs().max() > 0) and _is_multiple(left, vector):
            return name
    return ""


def _is_multiple(total: Tensor, vector: Tensor) -> bool:
    factor = float((total * vector).sum() / vector.square().sum().clamp(min=1e-300))
    return float((total - factor * vector).norm()) <= FIT * float(total.norm())


def _follows_other_rows(call: Call, total: Tensor, batch: Tensor) -> bool:
    """Whether each row is compared with some image of the batch, though not with its own."""
    return len(batch) > 1 and all(
        any(
            _is_multiple(total[i : i + 1], mean_squared_error_gradient(call, target.expand_as(call.outputs))[i : i + 1])
            for target in batch
        )
        for i in range(len(total))
    )
