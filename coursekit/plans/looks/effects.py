"""Looks at what a call does beside returning something: gradients, arguments, printed text, errors, and state.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* each takes the answer of the step
that recorded it.
"""

import math
import re
from collections.abc import Sequence

from coursekit.plans.answers import Built, Groups, Held, Problem, ProblemKind, Reached, Returned
from coursekit.plans.looks.seen import Complaint, Seen

MAX_SHOWN = 80  # characters of printed text in a sentence
_NUMBER = re.compile(r"[-+]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][-+]?\d{1,3})?")


def reaches(seen: Seen, parts: Sequence[str] = (), hint: str = "", mistake: str = "gradient-missing") -> str:
    """The gradient reaches these parts; where none is named, all that were asked for."""
    answer = seen.answer()
    if isinstance(answer, Held):
        if not _any_gradient(answer.tensors):
            raise Complaint(f"{seen.name} is 0 or missing, expected one.", hint, mistake)
        return f"{seen.name} is there."
    reached = seen.of(Reached)
    if reached.cut:
        what = seen.called or f"`{seen.run.label(seen.step)}`"
        told = f"{what} is cut from its graph: no gradient can flow back, expected one."
        raise Complaint(told, hint, "gradient-cut")
    names = parts or list(reached.parts)
    for part in names:
        if not _any_gradient(reached.parts[part]):
            raise Complaint(f"{seen.name} does not reach {part}, expected that it does.", hint, mistake)
    return f"{seen.name} reaches {' and '.join(names)}."


def misses(seen: Seen, parts: Sequence[str] = (), hint: str = "", mistake: str = "gradient-unexpected") -> str:
    """The gradient does not reach these parts; where none is named, none that was asked for."""
    answer = seen.answer()
    if isinstance(answer, Held):
        if _any_gradient(answer.tensors):
            raise Complaint(f"{seen.name} is not 0, expected none.", hint, mistake)
        return f"{seen.name} is 0 or missing, as it should be."
    reached = seen.of(Reached)
    names = parts or list(reached.parts)
    for part in names:
        if _any_gradient(reached.parts[part]):
            raise Complaint(f"{seen.name} reaches {part}, expected that it does not.", hint, mistake)
    return f"{seen.name} does not reach {' or '.join(names)}, as it should be."


def leaves_arguments_alone(seen: Seen, hint: str = "", mistake: str = "argument-changed") -> str:
    """The call changed nothing that it was given: no tensor, array, list, dict, set or table, and nothing in them."""
    changed = seen.of(Returned).changed
    if changed:
        told = f"`{seen.run.label(seen.step)}` changed its argument {', '.join(f'`{name}`' for name in changed[:3])}"
        hint = hint or "Work on a copy, such as x.clone(), or make a new one."
        raise Complaint(f"{told}, expected that it stays as it is.", hint, mistake)
    return f"`{seen.run.label(seen.step)}` leaves its arguments as they are."


def prints(
    seen: Seen,
    text: str | None = None,
    number: float | None = None,
    tolerance: float = 0.01,
    hint: str = "",
    mistake: str = "not-printed",
) -> str:
    """The call printed a text, whatever its case, or a number, within a relative tolerance; where neither, anything.

    The first 100,000 characters that a call prints are looked at.
    """
    answer = seen.of(Returned)
    printed = answer.printed
    label = f"`{seen.run.label(seen.step)}`"
    got = f"got {printed.strip()[:MAX_SHOWN]!r}" if printed.strip() else "nothing was printed"
    if answer.dropped:
        got = f"it was not among the first {len(printed):,} characters of what it printed, and no others are looked at"
    if not printed.strip() or (text is not None and text.lower() not in printed.lower()):
        wanted = f"{text!r}" if text is not None else "a line"
        raise Complaint(f"{label} should print {wanted}: {got}.", hint, mistake)
    if number is not None:
        found = [float(digits) for digits in _NUMBER.findall(printed)]
        if not any(math.isclose(value, number, rel_tol=tolerance, abs_tol=tolerance * 1e-2) for value in found):
            raise Complaint(f"{label} should print {number:.4g}: {got}.", hint, mistake)
    return f"{label} prints what it should."


def raises(seen: Seen, types: Sequence[str], says: str = "", hint: str = "", mistake: str = "does-not-raise") -> str:
    """The call raises an error of one of these types, classes or their names, or of a type that is derived from one.

    A function that is not written yet raises NotImplementedError, which counts only if it is named itself. The first
    500 characters of the error's message hold the text `says`, whatever its case.
    """
    answer = seen.run.answers[seen.step]
    label, wanted = f"`{seen.run.label(seen.step)}`", " or ".join(types)
    if not isinstance(answer, Problem):
        raise Complaint(f"{label} raised nothing, expected {wanted}.", hint, mistake)
    is_named = answer.kind is ProblemKind.UNWRITTEN and NotImplementedError.__name__ in types
    if answer.kind is not ProblemKind.RAISED and not is_named:
        seen.answer()  # which says why there is none
    if not {answer.type, *answer.bases} & set(types):
        raise Complaint(f"{label} raised {answer.type[:MAX_SHOWN]}, expected {wanted}.", hint, mistake)
    if says.casefold() not in answer.message.casefold():
        got = f"with the message {answer.message[:MAX_SHOWN]!r}" if answer.message else "without a message"
        raise Complaint(f"{label} raised {answer.type} {got}, expected one that says {says!r}.", hint, mistake)
    return f"{label} raises {answer.type}, as it should."


def optimizes(seen: Seen, parameters: Sequence[str], lr: float, hint: str = "", mistake: str = "not-optimized") -> str:
    """An optimizer holds each of these parameters once, and no other, at this learning rate."""
    groups = seen.of(Groups).groups
    held = [name for group in groups for name in group.parameters]
    label = f"`{seen.run.label(seen.step)}`"
    missing = [name for name in parameters if name not in held]
    if missing:
        raise Complaint(f"{label} does not hold the parameter `{missing[0]}`, expected that it does.", hint, mistake)
    if len(held) != len(set(parameters)):
        told = f"{label} holds {len(held)} parameters, expected {len(set(parameters))}."
        raise Complaint(told, hint, mistake)
    for group in groups:
        if not math.isclose(group.lr, lr, rel_tol=1e-6):
            told = f"The learning rate of {label} is {group.lr:g}, expected {lr:g}."
            raise Complaint(told, hint or "Use the argument.", "wrong-learning-rate")
    return f"{label} holds the right parameters at the learning rate {lr:g}."


def has_parameters(seen: Seen, shapes: Sequence[Sequence[int]], hint: str = "", mistake: str = "wrong-layers") -> str:
    """A module has parameters of these shapes, in this order."""
    got = [tuple(shape) for shape in seen.of(Built).shapes.values()]
    wanted = [tuple(shape) for shape in shapes]
    if got != wanted:
        shown, expected = (", ".join(map(str, some[:12])) or "none" for some in (got, wanted))
        raise Complaint(f"The parameters of {seen.name} have the shapes {shown}, expected {expected}.", hint, mistake)
    return f"{seen.name} has the right layers."


def _any_gradient(tensors: object) -> bool:
    values = tensors.values() if hasattr(tensors, "values") else ()
    return any(tensor is not None and bool((tensor != 0).any()) for tensor in values)
