"""What was seen of the weights of a loss's terms, where the notebook says in which proportion they are to be.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the feedback on
the student's own machine.
"""

from collections.abc import Sequence

from course_utils.gan.attribution.parts import Part
from course_utils.gan.sight.words import SCORED, listed, terms_of
from coursekit.trace import Trace

TOLERANCE = 0.2  # relative; smoothed and random labels move the weights that are read, a missing half doubles them
SHARES = {"real": 1.0, "wrong": 0.5, "sample": 0.5}  # of the terms of D's loss, in a conditional model


def say_balance(what: str, probe: Trace, parts: Sequence[Part]) -> str:
    """What is wrong with the proportion of the terms of D's loss; "" where nothing is, or where any is right."""
    if "wrong" not in terms_of(probe):
        return ""
    weights = {kind: _weight(parts, kind) for kind in SHARES}
    if not all(weights.values()):
        return ""
    ratios = {kind: weight / weights["real"] for kind, weight in weights.items()}
    if all(abs(ratios[kind] / share - 1) <= TOLERANCE for kind, share in SHARES.items()):
        return ""
    found = listed([f"{SCORED[kind]} {ratios[kind]:.2g} times" for kind in SHARES if kind != "real"])
    return f"{what} weighs {found} as much as real images; the notebook's L_D gives each of the two one half."


def weight_ratio(adversarial: Sequence[Part], reconstruction: Sequence[Part]) -> float | None:
    """How much more the reconstruction error weighs than the scores of D; None where that cannot be told."""
    scores = sum(part.reading.weight for part in adversarial if part.reading)
    errors = sum(part.error.weight for part in reconstruction if part.error)
    return abs(errors / scores) if scores and errors else None


def _weight(parts: Sequence[Part], kind: str) -> float:
    return sum(part.reading.weight for part in parts if part.reading and part.loss.startswith(f"{kind} "))
