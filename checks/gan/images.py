"""Part of the hidden checks of which images E and D are given: as they are, or the real and the made ones alike.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks of losses and of
training steps call it.
"""

from collections.abc import Collection, Iterable, Sequence

import torch
from torch import Tensor

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from course_utils.gan.attribution.attribute import Attribution
from course_utils.gan.attribution.least_squares import least_squares

# An image is another one rescaled if it differs from a linear function of that one by less than this, relative to it.
RESCALED = 1e-3
SAME_SCALE = 0.01
# Pixels at the edge of a digit's image are black, also when it is shifted or turned a little; noise changes them.
EDGE = 2  # pixels
ALL = 0.9  # of the images; one that is nearly black or nearly white may look as if nothing were on it
NOISY = 0.02  # mean absolute difference; noise of standard deviation 0.05 that is cut off at 0 gives 0.02
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
            mistake=Mistake.REAL_IMAGES_ALTERED,
        )


def fail_on_one_sided_changes(function: str, runs: Iterable[tuple[Attribution, Collection[int] | None]]) -> None:
    """D does not get the real images with something on them and the images of G as they are, or the other way round.

    All runs are looked at together: what is drawn at random for a mini-batch, such as a shift, may spare the real
    images of one by chance.

    Args:
        function: where that is.
        runs: the attribution of each run, with the numbers of the calls of D that its own loss has made, or None for
            all calls. What G is judged by may be clean.
    """
    real: list[str] = []
    made: list[str] = []
    for attribution, calls in runs:
        evidence = attribution.evidence
        outputs = {call.number: call.outputs.sigmoid() for call in evidence.calls if call.module == "generator"}
        for call in evidence.calls:
            if call.module != "discriminator" or not (calls is None or call.number in calls):
                continue
            batch = evidence.batches[min(call.step, len(evidence.batches) - 1)]
            for row, seen in zip(attribution.rows[call.number], call.content, strict=True):
                if row.kind == "real" and row.index >= 0:
                    changed = _is_noisy(seen, batch[row.index])
                    real.append("plain" if row.exact else "changed" if changed else "unknown")
                elif row.sources:
                    number, i = row.sources[0]
                    changed = _differ(seen, outputs[number][i])
                    made.append("plain" if row.exact else "changed" if changed else "unknown")
                else:
                    made.append("unknown")
    if _all(real, "changed") and _all(made, "plain"):
        fail(
            f"`{function}` gives D the real images with noise on them, and the images of G without: D learns to tell "
            "noise from no noise, and G to make noise.",
            "Put the same noise on both, or on neither.",
            mistake=Mistake.REAL_IMAGES_ALTERED,
        )
    if _all(made, "changed") and _all(real, "plain"):
        fail(
            f"`{function}` gives D the images of G with something on them, such as noise, and the real ones as they "
            "are: D learns to tell what was put on, and not how digits look.",
            "Give D what G makes, or put the same on both.",
            mistake=Mistake.FAKE_IMAGES_ALTERED,
        )


def _all(images: Sequence[str], what: str) -> bool:
    return images.count(what) > ALL * len(images)


def _is_noisy(seen: Tensor, original: Tensor) -> bool:
    """Whether an image has something on its edge that was black; unknown, and so False, if it is not square."""
    side = round(len(original) ** 0.5)
    if side * side != len(original) or len(seen) != len(original):
        return False
    edge = torch.ones(side, side, dtype=torch.bool)
    edge[EDGE:-EDGE, EDGE:-EDGE] = False
    black = edge.flatten() & (original == 0)
    return bool(black.any()) and float(seen[black].abs().mean()) > NOISY


def _differ(seen: Tensor, made: Tensor) -> bool:
    return seen.shape == made.shape and float((seen - made).abs().mean()) > NOISY


def _scale(seen: Tensor, original: Tensor) -> float:
    """By which factor an image is another one rescaled; not a number if it is not."""
    design = torch.stack([original, torch.ones_like(original)], dim=1)  # (pixels, 2)
    factors = least_squares(design, seen)
    is_rescaled = float((design @ factors - seen).norm()) < RESCALED * float(seen.norm())
    return float(factors[0]) if is_rescaled else float("nan")
