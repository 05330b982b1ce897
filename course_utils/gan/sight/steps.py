"""What was seen of training steps: what they return and leave alone, the noise, and what moved which network.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from course_utils.gan.attribution.attribute import Attribution, attribute
from course_utils.gan.attribution.evidence import Evidence
from course_utils.gan.attribution.reading import read_evidence
from course_utils.gan.places import MODULES
from course_utils.gan.probe import LOSSES
from course_utils.gan.sight.moved import look_at_movements
from course_utils.gan.sight.under_labels import look_at_labels
from course_utils.gan.sight.words import Seen, listed, networks, number, say_error
from coursekit.said import Said, right, seen, wrong
from coursekit.trace import Trace, TraceError, named_tensor, read_trace

FAINT = 1e-5  # the largest number of a gradient: 1e-2 of the losses of the homework, 1e-9 of one that is weighed away
# Of n numbers, the distance to the normal distribution times the root of n is beyond this in 3 of 100 million samples.
FAR_FROM_NORMAL = 3.0


@dataclass(frozen=True, eq=False)
class Steps:
    """Some training steps on one practice probe."""

    probe: Trace
    trace: Trace

    @property
    def data(self) -> dict[str, Any]:
        return self.trace.data

    @property
    def batches(self) -> list[Tensor]:
        return [named_tensor(self.probe, reference) for reference in self.probe.data["batches"]]

    @property
    def labels(self) -> list[Tensor]:
        return [named_tensor(self.probe, reference) for reference in self.probe.data.get("labels", ())]

    @cached_property
    def attribution(self) -> Attribution:
        return attribute(read_evidence(self.probe, self.trace, self.batches, self.labels))


def see_train_step(recorded: Seen) -> list[Said]:
    every = [Steps(probe, read_trace(folder)) for probe, folder in recorded]
    for steps in every:
        images = len(steps.batches[0])
        errors = [e for e in (steps.data["error"], *(step["error"] for step in steps.data["steps"])) if e]
        if errors:
            return [say_error(f"train_step, for {images} images", errors[0])]
    said = _look_at_returned(every)
    said += _look_at_given(every)
    try:
        moved = _look_at_updates(every[0]) or look_at_movements(every[0].probe, every[0].attribution)
        labels = look_at_labels("`train_step`", every[0].attribution)
        said += labels or moved
        said += _look_at_noise(every[0].attribution)
    except TraceError:
        said.append(wrong("Some gradients or weights become infinite, or no numbers at all, within a few steps."))
    return said


def _look_at_returned(every: list[Steps]) -> list[Said]:
    for steps in every:
        for step in steps.data["steps"]:
            if not step["is_mapping"]:
                return [wrong(f"`train_step` returned {step['returned']}, expected a dict with the three losses.")]
            missing = [name for name in LOSSES if name not in step["losses"]]
            if missing:
                return [wrong(f"`train_step` did not return a loss under: {', '.join(missing)}.")]
            for name in LOSSES:
                value = step["losses"][name].get("value")
                if not isinstance(value, int | float):
                    got = value or step["losses"][name]["type"]
                    return [wrong(f"`train_step` returned {got} under “{name}”, expected one finite number.")]
    last = every[0].data["steps"][-1]["losses"]
    values = ", ".join(f"{name} {number(last[name]['value'])}" for name in LOSSES)
    sizes = listed([str(len(steps.batches[0])) for steps in every])
    return [
        right(f"`train_step` runs on mini-batches of {sizes} images, and returns its three losses."),
        seen(f"In step {len(every[0].batches)} they are: {values}."),
    ]


def _look_at_given(every: list[Steps]) -> list[Said]:
    for steps in every:
        for name, given in (("x_real", steps.batches), ("h", steps.labels)):
            for tensor, step in zip(given, steps.data["steps"], strict=False):  # no labels without a conditional model
                if not torch.equal(tensor, named_tensor(steps.trace, step[name])):
                    what = "The images in `x_real`" if name == "x_real" else "The labels in `h`"
                    return [wrong(f"{what} were changed in place; make a new tensor instead.")]
    return []


def _look_at_updates(steps: Steps) -> list[Said]:
    """Whether steps of the given optimizers, and nothing else, change all three networks; nothing if it is so."""
    evidence, number_of = steps.attribution.evidence, len(steps.batches)
    said = []
    strangers = sorted({update.kind for update in evidence.updates if update.optimizer is None})
    if strangers:
        said.append(
            wrong(
                f"An optimizer ({listed(strangers)}) stepped that is not one of the given `optimizers`. Make all of "
                "them in `configure_optimizers`."
            )
        )
    if forgetful := [f"“{name}”" for name in evidence.forgetful()]:
        several = len(forgetful) > 1
        said.append(
            wrong(
                f"What the optimizer{'s' if several else ''} {listed(forgetful)} remember{'' if several else 's'} of "
                f"earlier gradients is gone at the next step, as if {'they were' if several else 'it was'} made anew: "
                f"leave {'their' if several else 'its'} state alone."
            )
        )
    first = 1 if number_of > 1 else 0  # what is updated once, and never again, does not learn
    still = [m for m in MODULES if torch.equal(evidence.weights[first][m], evidence.weights[-1][m])]
    tried = number_of - first
    if small := [module for module in still if _moves_too_little(evidence, module, first)]:
        said.append(seen(f"In {tried} steps optimizers moved {networks(small)} by too little to be seen."))
    if unmoved := [module for module in still if module not in small]:
        said.append(wrong(f"Not updated in {tried} steps: {', '.join(unmoved)}. Is an optimizer's step missing?"))
    moving = [module for module in MODULES if module not in still]
    if moving and not evidence.updates:
        said.append(wrong(f"The weights of {networks(moving)} changed, but no optimizer stepped."))
    return said


def _moves_too_little(evidence: Evidence, module: str, first: int) -> bool:
    """Whether optimizers step with gradients for a module, too little to change a weight, as a warm-up may begin."""
    updates = [update for update in evidence.updates if update.step >= first and module in update.applied]
    with_gradient = any(float(update.applied[module].gradient.abs().max()) > FAINT for update in updates)
    return with_gradient and not any(update.moved(module) for update in updates)


def _look_at_noise(attribution: Attribution) -> list[Said]:
    """The latent vectors of the steps, where G is called on some that are no codes."""
    by_step: dict[int, list[Tensor]] = {}
    for call in attribution.evidence.calls:
        rows = attribution.rows[call.number]
        if call.module == "generator" and rows and all(row.kind == "noise" for row in rows):
            by_step.setdefault(call.step, []).append(call.content)
    if not by_step:
        return []
    firsts = [calls[0] for calls in by_step.values()]
    if len(firsts) > 2 and all(z.shape == firsts[0].shape and torch.equal(z, firsts[0]) for z in firsts):
        return [wrong(f"The latent vectors are the same in all {len(firsts)} steps: draw z anew in each of them.")]
    for z in firsts:
        if len(z) > 1 and len(z.unique(dim=0)) == 1:
            return [wrong(f"All {len(z)} samples of a mini-batch are made from one latent vector: draw one for each.")]
    values = torch.cat([z.flatten() for calls in by_step.values() for z in calls]).unique()
    if _distance_to_normal(values) * len(values) ** 0.5 > FAR_FROM_NORMAL:
        return [
            wrong(
                f"The latent vectors are not drawn from N(0, I): mean {values.mean():.2f}, standard deviation "
                f"{values.std():.2f} over {len(values)} numbers. `torch.randn` draws from it."
            )
        ]
    return [right("The latent vectors are new in each step, and look as if drawn from N(0, I).")]


def _distance_to_normal(values: Tensor) -> float:
    """The largest distance between the distribution of sorted numbers and the normal one (Kolmogorov-Smirnov)."""
    if len(values) < 2:
        return 1.0
    normal = torch.special.ndtr(values)
    share = torch.arange(len(values) + 1, dtype=values.dtype) / len(values)
    return float(torch.maximum((share[1:] - normal).abs(), (normal - share[:-1]).abs()).max())
