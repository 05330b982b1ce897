"""Looks at single numbers and at how they develop.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these compare what a function
reports of itself; what training is worth is measured on its weights (`autograder.plans.measure`).
"""

import math

from coursekit.plans.looks.seen import Complaint, Seen, number_of
from coursekit.plans.values import Items, kind_of

ENDS = 4  # the first and the last of so many parts are compared


def at_least(seen: Seen, bound: float, hint: str = "", mistake: str = "too-small") -> str:
    """A number that is not smaller."""
    got = number_of(seen, hint)
    if not got >= bound:
        raise Complaint(f"{seen.name} is {got:.6g}, expected at least {bound:g}.", hint, mistake)
    return f"{seen.name} is {got:.6g}, at least {bound:g}."


def at_most(seen: Seen, bound: float, hint: str = "", mistake: str = "too-large") -> str:
    """A number that is not larger."""
    got = number_of(seen, hint)
    if not got <= bound:
        raise Complaint(f"{seen.name} is {got:.6g}, expected at most {bound:g}.", hint, mistake)
    return f"{seen.name} is {got:.6g}, at most {bound:g}."


def between(seen: Seen, low: float, high: float, hint: str = "", mistake: str = "out-of-range") -> str:
    """A number in a range."""
    got = number_of(seen, hint)
    if not low <= got <= high:
        raise Complaint(f"{seen.name} is {got:.6g}, expected between {low:g} and {high:g}.", hint, mistake)
    return f"{seen.name} is {got:.6g}, between {low:g} and {high:g}."


def improves(
    seen: Seen, to: float = 1.0, key: str | int | None = None, hint: str = "", mistake: str = "does-not-improve"
) -> str:
    """The numbers that repeated calls returned fall: their last quarter is on average at most `to` times the first.

    Args:
        seen: repeated calls, or one that returned a list of numbers.
        to: the share that may be left.
        key: of the number in what each call returned, where that is a dict, list or tuple.
        hint: what to try.
        mistake: its name.
    """
    value = seen.value()
    if not isinstance(value, Items) or value.kind == "dict" or len(value.items) < 2:
        raise Complaint(f"{seen.name} returned {kind_of(value)}, expected a list of numbers.", hint, "wrong-type")
    places = [seen.item(number) for number in range(len(value.items))]
    numbers = [number_of(place if key is None else place.item(key)) for place in places]
    part = max(1, len(numbers) // ENDS)
    first, last = sum(numbers[:part]) / part, sum(numbers[-part:]) / part
    if not (math.isfinite(first) and last <= to * first):
        told = f"{seen.name} went from {first:.4g} to {last:.4g}, expected {to * first:.4g} or less."
        raise Complaint(told, hint, mistake)
    return f"{seen.name} falls from {first:.4g} to {last:.4g}."
