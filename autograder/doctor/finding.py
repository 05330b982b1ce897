"""One line of what `autograder doctor` says."""

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "warning", "bad"]


@dataclass(frozen=True)
class Finding:
    """What was looked at and what was found.

    Attributes:
        what: the thing, in a few words.
        state: "good"; "warning" where grading is safe but something is missing; "bad" where it is not.
        found: what was seen.
        advice: what to do about it, one sentence; empty where all is well.
    """

    what: str
    state: State
    found: str
    advice: str = ""
