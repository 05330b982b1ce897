"""The words that all of what is seen has in common: errors, numbers, networks, and the scores that D gives.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* they are part of the feedback on
the student's own machine.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.gan.advice import advise, first_sentence
from course_utils.gan.places import MODULES
from coursekit.said import Said, unwritten, wrong
from coursekit.trace import Trace

Seen = list[tuple[Trace, Path]]  # each practice probe, and the folder of what was recorded for it

# What D was called on, by the kind of a row (`course_utils.gan.attribution.origins`).
SCORED = {
    "real": "real images",
    "sample": "samples",
    "reconstruction": "reconstructions",
    "wrong": "real images with wrong labels",
}
LABEL = {"real": 1, "sample": 0, "wrong": 0}  # of the terms of D's loss; the third one is that of a conditional model


def terms_of(probe: Trace) -> tuple[str, ...]:
    """The kinds of images that D's loss has a term for."""
    return ("real", "wrong", "sample") if "number_of_classes" in probe.data["model"] else ("real", "sample")


def say_error(what: str, error: dict[str, Any]) -> Said:
    """What a function raised, and what is known about such errors."""
    name = what.partition(",")[0]
    if error["type"] == "NotImplementedError" and (not error["message"] or error["line"].startswith("raise ")):
        return unwritten(f"`{name}` is not written yet.")
    where = f" (at: `{error['line']}`)" if error["line"] else ""
    known = advise(error["type"], error["message"], error["line"])
    message = first_sentence(error["message"]) if known else error["message"]
    rest = what.removeprefix(name)
    text = f"`{name}`{rest} stopped with {error['type']}: {message}{where}."
    return wrong(f"{text} {known.means} {known.help}" if known else text)


def number(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def listed(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def networks(modules: Sequence[str]) -> str:
    """Some of the three networks, in their usual order, as the notebook calls them: E, G and D."""
    return listed([module[0].upper() for module in MODULES if module in modules])
