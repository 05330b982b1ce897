"""One vocabulary of looking at what a step gave: for hidden checks, for visible ones, and for those of class labs.

A look is a plain function of a `Seen` and of plain data. It returns a sentence on what is right, or raises a
`Complaint`; what is looked at fails by itself where the student's function is not written, raised or was too slow.
Looks hold no expected value of their own: they are given them, outside of the sandbox or with a public plan.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from coursekit.plans.looks import distribution, drawing, effects, exact, numbers, shapes, values
from coursekit.plans.looks.seen import RAISED, BrokenPlan, Complaint, Run, Seen, Slip

LOOKS: dict[str, Callable[..., str]] = {
    look.__name__: look
    for look in (
        values.close,
        exact.same_as,
        shapes.is_scalar,
        shapes.has_shape,
        shapes.has_dtype,
        numbers.at_least,
        numbers.at_most,
        numbers.between,
        numbers.improves,
        effects.reaches,
        effects.misses,
        effects.leaves_arguments_alone,
        effects.prints,
        effects.raises,
        effects.optimizes,
        effects.has_parameters,
        distribution.is_random,
        distribution.is_normal,
        distribution.is_uniform,
        distribution.has_frequencies,
        drawing.draws,
    )
}


def look(name: str, seen: Seen, arguments: Mapping[str, Any]) -> str:
    """The look of that name: a sentence on what is right.

    Raises:
        Complaint: it is not; where the function raised, the hint of the look is told, too.
        BrokenPlan: the plan asks for what there is not.
    """
    try:
        said = LOOKS[name](seen, **arguments)
    except Complaint as complaint:
        hint = complaint.hint
        if complaint.mistake == RAISED and arguments.get("hint"):
            hint = f"{arguments['hint']} {hint}"
        raise replace(complaint, says=_sentence(complaint.says), hint=hint) from None
    return _sentence(said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


__all__ = ["BrokenPlan", "Complaint", "Run", "Seen", "Slip", "look"]
