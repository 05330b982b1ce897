"""How a check ends when it does not pass: three functions, each of which raises.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these are the words in which
a check gives its part of the verdict. A check that returns has passed.
"""

from typing import NoReturn

import pytest

MAX_TEXT = 2000  # characters of a rationale; an error that it quotes has at most 700


class CheckEnded(pytest.fail.Exception):  # type: ignore[name-defined]
    """A check ended without passing, on purpose.

    It is an outcome of pytest's, and so no `Exception`: no `except Exception` in a check or a fixture can swallow it.
    """

    def __init__(
        self,
        outcome: str,
        rationale: str,
        help: str = "",
        mistake: str = "",
        near_threshold: bool = False,
        earned: float = 0.0,
    ) -> None:
        super().__init__(rationale, pytrace=False)  # to write a traceback, pytest would print the tensors of each frame
        self.outcome = outcome
        self.rationale = rationale
        self.help = help
        self.mistake = mistake
        self.near_threshold = near_threshold
        self.earned = earned


def fail(rationale: str, help: str, *, mistake: str, near_threshold: bool = False, earned: float = 0.0) -> NoReturn:
    """The submission is wrong here.

    Args:
        rationale: what was seen, with names, got and expected, and why it matters.
        help: what to try.
        mistake: the short name of the mistake, such as `"fakes-not-detached"`; in words, it opens the rationale.
        near_threshold: chance may have had its part in this; where there can be one, a second run decides.
        earned: the share of the check's points that are given for what is right in it, from 0 to 1.
    """
    if not 0 <= earned <= 1:
        raise ValueError(f"A share of the points is from 0 to 1, not {earned}.")
    name = mistake.replace("-", " ")
    if not name.startswith("z "):  # the latent vector keeps its small letter
        name = name[:1].upper() + name[1:]
    raise CheckEnded("failed", _readable(f"{name}: {rationale}"), help, str(mistake), near_threshold, earned)


def not_checked(rationale: str) -> NoReturn:
    """There is nothing to look at: the code did not run so far."""
    raise CheckEnded("not_checked", rationale)


def cannot_judge(rationale: str, *, near_threshold: bool = False) -> NoReturn:
    """What was recorded does not decide; a person will look. No point is taken."""
    raise CheckEnded("cannot_judge", rationale, near_threshold=near_threshold)


def _readable(text: str) -> str:
    """Text that may quote what a submission said: without control characters, and not longer than anyone reads."""
    shown = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text[: MAX_TEXT + 1])
    return shown if len(shown) <= MAX_TEXT else f"{shown[:MAX_TEXT]} ..."
