"""Parts of the hidden checks of which images E and D are given: all of them, and as they are.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks of losses and of
training steps call these.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.checks.outcome import fail
from autograder.checks.shared.observed import LossRun
from course_utils.attribution.parts import Attribution, Part

# An image is another one rescaled if it differs from a linear function of that one by less than this, relative to it.
RESCALED = 1e-3
NAMES = {"encoder": "E", "discriminator": "D"}


def fail_on_rescaled_images(function: str, attribution: Attribution, module: str) -> None:
    """No real image is given to the module, E or D, in another range of values; noise is welcome."""
    batches = attribution.evidence.batches
    for call in attribution.evidence.calls:
        if call.module != module:
            continue
        batch = batches[min(call.step, len(batches) - 1)]
        for row, seen in zip(attribution.rows[call.number], call.content, strict=True):
            if row.kind == "real" and not row.exact and _is_rescaled(seen, batch[row.index]):
                name = NAMES[module]
                fail(
                    f"`{function}` gives {name} the real images in another range of values than [0, 1]. What {name} "
                    "learns of them does not hold for images as they are, nor for those that G makes.",
                    f"Give {name} the images of `x_real` as they are.",
                    mistake="real-images-altered",
                )


def fail_on_unused_images(run: LossRun, parts: Sequence[Part]) -> None:
    """More than half of the real images have a say in D's loss."""
    used = set()
    for part in parts:
        for row, gradient in zip(run.attribution.rows[part.call.number], part.gradient, strict=True):
            if row.kind == "real" and bool(gradient.any()):
                used.add(row.index)
    if len(used) <= len(run.x_real) / 2:
        fail(
            f"Only {len(used)} of the {len(run.x_real)} real images have a say in `discriminator_loss`.",
            "Average over the whole mini-batch.",
            mistake="real-images-missing",
        )


def _is_rescaled(seen: Tensor, original: Tensor) -> bool:
    design = torch.stack([original, torch.ones_like(original)], dim=1)  # (pixels, 2)
    solution = torch.linalg.lstsq(design, seen[:, None]).solution
    return float((design @ solution - seen[:, None]).norm()) < RESCALED * float(seen.norm())
