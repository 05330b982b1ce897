"""Parts of the hidden checks of losses and steps: a loss that is flat where D's scores are high, or low.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are called where it is
asked whether every image has a say (`checks.gan.usage`). Each function ends the check if it finds what it is named for.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.observed import LossRun
from checks.gan.updates import Moved
from course_utils.gan.attribution.attribute import Attribution
from course_utils.gan.attribution.parts import Part

# Of logits: scores within 0.001 of 0 or 1, where a loss that keeps them away from both has no gradient.
SURE = 6.9
FEWEST_CUT = 2  # a single image may have the highest or lowest score by chance
CHANCE = 1e-4  # what comes about by chance more often than that is not held against a step


def fail_on_cut_scores(run: LossRun, parts: Sequence[Part]) -> None:
    """The images without a say, if there are several, are those whose scores are above, or below, all others."""
    for used, unused in (_split(run.attribution, part) for part in parts):
        if _is_cut(used, unused):
            _fail_flat(f"`{run.loss}_loss`", used, unused)


def fail_on_cut_scores_of_steps(updates: Sequence[Moved], kind: str) -> None:
    """The same of D's loss in steps: wherever images of a kind have no say, they are those, and that is no chance.

    Samples without a say in G's loss may be those that D is sure of (Sinha et al. 2020, Top-k Training of GANs).
    """
    parts = [(moved.run, driver.part) for moved in updates for driver in moved.drivers]
    split = [_split(run.attribution, part) for run, part in parts if part.loss.startswith(f"{kind} ")]
    some_left_out = [(used, unused) for used, unused in split if len(unused)]
    chance = math.prod(2 / math.comb(len(used) + len(unused), len(unused)) for used, unused in some_left_out)
    if some_left_out and chance < CHANCE and all(_is_cut(used, unused) for used, unused in some_left_out):
        _fail_flat("The loss that moves D", *max(some_left_out, key=lambda one: len(one[1])))


def _split(attribution: Attribution, part: Part) -> tuple[Tensor, Tensor]:
    """D's scores of the images that a part is about: of those that have a say in it, and of those that have none."""
    rows = torch.tensor([row.kind == part.loss.split()[0] for row in attribution.rows[part.call.number]])
    has_a_say = torch.tensor(have_a_say(part))
    p = part.call.outputs[:, 0].sigmoid()
    return p[rows & has_a_say], p[rows & ~has_a_say]


def _is_cut(used: Tensor, unused: Tensor) -> bool:
    if len(unused) < FEWEST_CUT or not len(used):
        return False
    return bool(((unused > used.max()) | (unused < used.min())).all())


def _fail_flat(what: str, used: Tensor, unused: Tensor) -> None:
    fail(
        f"{what} is flat where D's scores are not between {float(used.min()):.2f} and {float(used.max()):.2f}: "
        f"{len(unused)} of {len(used) + len(unused)} images have no gradient.",
        "Average over all images. Clamp scores, if at all, only so near to 0 and 1 that a logarithm stays finite.",
        mistake=Mistake.NOT_BINARY_CROSS_ENTROPY,
    )


def have_a_say(part: Part) -> list[bool]:
    """Of each row of the call: whether it has a gradient, or a score that D is so sure of that it may have none."""
    has_gradient = (part.gradient != 0).any(dim=1)
    if part.call.module == "discriminator":
        has_gradient |= part.call.outputs[:, 0].abs() > SURE
    return [bool(has) for has in has_gradient]
