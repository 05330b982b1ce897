"""Part of the hidden checks of which images E and D are given: as they are.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks of losses and of
training steps call it.
"""

import torch
from torch import Tensor

from autograder.checks.outcome import fail
from course_utils.attribution.parts import Attribution

# An image is another one rescaled if it differs from a linear function of that one by less than this, relative to it.
RESCALED = 1e-3
SAME_SCALE = 0.01
NAMES = {"encoder": "E", "discriminator": "D"}


def fail_on_rescaled_images(function: str, attribution: Attribution, module: str) -> None:
    """No real image is given to the module, E or D, in another range of values, while images of G are as they are."""
    batches = attribution.evidence.batches
    outputs = {call.number: call.outputs.sigmoid() for call in attribution.evidence.calls if call.module == "generator"}
    real: list[float] = []
    made: list[float] = []
    for call in attribution.evidence.calls:
        if call.module != module:
            continue
        batch = batches[min(call.step, len(batches) - 1)]
        for row, seen in zip(attribution.rows[call.number], call.content, strict=True):
            if row.kind == "real" and row.index >= 0:
                real.append(1.0 if row.exact else _scale(seen, batch[row.index]))
            elif row.sources:
                number, i = row.sources[0]
                made.append(1.0 if row.exact else _scale(seen, outputs[number][i]))
    rescaled = [scale for scale in real if abs(scale - 1) > SAME_SCALE]  # not a number where it is no rescaling
    plain = [scale for scale in made if abs(scale - 1) <= SAME_SCALE]
    if rescaled and (module == "encoder" or len(plain) > len(made) / 2 or not made):
        name = NAMES[module]
        fail(
            f"`{function}` gives {name} the real images in another range of values than [0, 1]. What {name} learns of "
            "them does not hold for images as they are, nor for those that G makes.",
            f"Give {name} the images of `x_real` as they are.",
            mistake="real-images-altered",
        )


def _scale(seen: Tensor, original: Tensor) -> float:
    """By which factor an image is another one rescaled; not a number if it is not."""
    design = torch.stack([original, torch.ones_like(original)], dim=1)  # (pixels, 2)
    solution = torch.linalg.lstsq(design, seen[:, None]).solution
    is_rescaled = float((design @ solution - seen[:, None]).norm()) < RESCALED * float(seen.norm())
    return float(solution[0, 0]) if is_rescaled else float("nan")
