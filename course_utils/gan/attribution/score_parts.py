"""The gradient at D's logits as a sum of named parts: one for each kind of images that D was called on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is where the attribution
(`parts`) has the experiments read (`scores`).
"""

from dataclasses import replace
from statistics import median

import torch
from torch import Tensor

from course_utils.gan.attribution.evidence import Arrival, Evidence, Experiment
from course_utils.gan.attribution.origins import Rows
from course_utils.gan.attribution.parts import Part, experiment_of, unread
from course_utils.gan.attribution.scores import read_scores

UNSURE_OF_FEW = ("few", "double sigmoid")  # forms of a few images, which more of them may show to be another one


def all_score_parts(arrivals: list[Arrival], evidence: Evidence, rows: Rows) -> list[Part]:
    """Those of one backward pass: terms that cannot be read alone are read with the weight of the others."""
    parts = [part for arrival in arrivals for part in _score_parts(arrival, evidence, rows)]
    weights = [part.reading.weight for part in parts if part.reading and part.reading.form == "bce"]
    if weights and any(part.reading is not None and part.reading.form == "unread" for part in parts):
        parts = [part for arrival in arrivals for part in _score_parts(arrival, evidence, rows, median(weights))]
    for kind in {part.loss.split()[0] for part in parts if part.reading and part.reading.form in UNSURE_OF_FEW}:
        parts = _read_together(kind, parts, arrivals, evidence, rows)
    return parts


def _read_together(kind: str, parts: list[Part], arrivals: list[Arrival], evidence: Evidence, rows: Rows) -> list[Part]:
    """What the images of one call are too few to tell, those of all calls of the backward pass may: a loss may be made
    image by image. Forms that are no cross-entropy, which has its weights and labels, are read so."""
    scores = [
        _in_all_runs(arrival, experiment, _are_of(kind, arrival, rows))
        for arrival in arrivals
        if (experiment := experiment_of(arrival, evidence))
    ]
    logits, gradients = (torch.cat(list(each), dim=1) for each in zip(*scores, strict=True))
    together = read_scores(list(logits), list(gradients))
    if len(together.weights) or together.form == "unread":
        return parts
    return [
        replace(part, reading=replace(part.reading, form=together.form))
        if part.reading and part.loss.split()[0] == kind and part.reading.form in UNSURE_OF_FEW
        else part
        for part in parts
    ]


def _are_of(kind: str, arrival: Arrival, rows: Rows) -> Tensor:
    return torch.tensor([row.kind == kind for row in rows[arrival.call.number]])


def _in_all_runs(arrival: Arrival, experiment: Experiment, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Of the chosen images, D's logits and the gradients at them, `(runs, images)` each."""
    runs = [arrival, *(experiment.arrival(name, arrival) for name in experiment.runs)]
    logits = torch.stack([run.call.outputs[chosen, 0] for run in runs])
    return logits, torch.stack([run.gradient[chosen, 0] for run in runs])


def _score_parts(arrival: Arrival, evidence: Evidence, rows: Rows, weight: float = 0.0) -> list[Part]:
    """The gradient at D's logits, split by what D was called on."""
    experiment = experiment_of(arrival, evidence)
    if experiment is None:
        return unread(arrival)
    parts = []
    for kind in sorted({row.kind for row in rows[arrival.call.number]}):
        chosen = _are_of(kind, arrival, rows)
        logits, gradients = _in_all_runs(arrival, experiment, chosen)
        reading = read_scores(list(logits), list(gradients), weight)
        if reading.direction != "none":
            gradient = torch.where(chosen[:, None], arrival.gradient, 0.0)
            parts.append(Part(f"{kind} {reading.direction}", arrival.call, arrival.backward, gradient, reading))
    return parts
