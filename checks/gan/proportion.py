"""Parts of the hidden checks of a conditional model: do the terms of L_D weigh as much as they should?

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the weights come from the
experiments. Terms may be summed, or each have an update of its own; what counts is what D follows on the whole.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import torch

from autograder.checks.outcome import fail
from checks.gan.mistakes import Mistake
from checks.gan.terms import Term
from checks.gan.updates import Moved
from course_utils.gan.attribution.parts import Part

# Relative. Read weights are exact; random labels leave them alone. The plain sum of the terms is off by 100 %.
TOLERANCE = 0.1
SILENT = 0.02  # D is so sure of some images if their gradients are less than this share of the weight of other terms


def fail_on_proportion(what: str, groups: Sequence[Mapping[Term, float | None]], shares: Mapping[Term, float]) -> None:
    """The terms of L_D weigh as much as they should, up to a common factor; the first is what the others are to.

    Args:
        what: has the terms.
        groups: the weight of each term in what happened together, as `weights_of` says it.
        shares: of the terms.
    """
    first, *others = shares
    for term in others:
        pairs = [(group[first], group[term]) for group in groups]
        known = [(one, other) for one, other in pairs if one is not None and other is not None]
        of_first, of_term = sum(one for one, _ in known), sum(other for _, other in known)
        ratio = of_term / of_first if of_first else float("inf")
        # Who lets terms take turns may have had one of them once more often than the other.
        slack = 1 / len(known) if any(not one or not other for one, other in known) else 0.0
        if known and abs(ratio / shares[term] - 1) > TOLERANCE + slack:
            fail(
                f"{what} weighs {term.score} {ratio:.2f} times as much as D(X, h), expected {shares[term]:g} times: "
                "accepting and rejecting are then not in balance.",
                "Take the mean of the two terms that reject, and add it to the term that accepts.",
                mistake=Mistake.TERMS_WEIGHTED_WRONGLY,
            )


def weights_of(parts: Sequence[Part], terms: Iterable[Term], silent: Collection[str] = ()) -> dict[Term, float | None]:
    """The weight of each term: 0 if it is not among the parts, None if it is there and cannot be read.

    Args:
        parts: of what happened together.
        terms: of L_D.
        silent: kinds of images on which D was called there too and is so sure of that no gradient shows.
    """
    weights: dict[Term, float | None] = {}
    for term in terms:
        readings = [part.reading for part in parts if part.loss.startswith(f"{term.kind} ")]
        read = [reading.weight for reading in readings if reading and len(reading.weights)]
        lost = len(read) < len(readings) or (not readings and term.kind in silent)
        weights[term] = None if lost else sum(read)
    return weights


def weights_in(moved: Moved, terms: Iterable[Term]) -> dict[Term, float | None]:
    """Those of an update of D."""
    parts = [driver.part for driver in moved.drivers]
    return weights_of(parts, terms, _silent(moved, max((p.reading.weight for p in parts if p.reading), default=0.0)))


def _silent(moved: Moved, weight: float) -> frozenset[str]:
    """Kinds of images on which D was called for an update, without a gradient that is worth the name."""
    attribution, end = moved.run.attribution, moved.movement.update.time
    before = [m.update.time for m in moved.run.movements if m.module == "discriminator" and m.update.time < end]
    found = set()
    for arrival in attribution.evidence.arrivals:
        if arrival.call.module == "discriminator" and max(before, default=-1) < arrival.time < end:
            kinds = [row.kind for row in attribution.rows[arrival.call.number]]
            for kind in set(kinds):
                of_kind = arrival.gradient[torch.tensor([k == kind for k in kinds])]
                if float(of_kind.abs().sum()) < SILENT * weight:
                    found.add(kind)
    return frozenset(found)
