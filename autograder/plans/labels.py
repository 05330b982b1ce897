"""How people name the calls of a plan in a sentence: with their arguments, where those are short."""

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.plans.handles import Handle
from coursekit.plans.coding import PLAIN, Student

MAX_LABEL = 60  # characters of a call with its arguments; a longer one is named by its function alone


def label_of_call(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """How people name a call: with its arguments, where all of them are short."""
    if not (args or kwargs) or not all(isinstance(value, PLAIN) for value in (*args, *kwargs.values())):
        return name
    told = [*map(repr, args), *(f"{key}={value!r}" for key, value in kwargs.items())]
    label = f"{name}({', '.join(told)})"
    return label if len(label) <= MAX_LABEL else name


def label_of_given(name: str, args: Sequence[Any]) -> str:
    """How people name a call of what is not theirs: with what it is called with, which is."""
    told = ", ".join(_argument(value) for value in args)
    return f"{name}({told})" if len(name) + len(told) + 2 <= MAX_LABEL else f"{name}(...)"


def _argument(value: Any) -> str:
    if isinstance(value, Handle) and " " not in value.label.partition("(")[0]:
        return value.label if "(" in value.label or value.path else f"{value.label}(...)"
    if isinstance(value, Student):
        return value.name
    return repr(value) if isinstance(value, PLAIN) else "..."
