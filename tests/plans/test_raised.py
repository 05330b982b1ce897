"""Looks at errors: of which class they are, and what they say."""

from typing import Any

import numpy as np
import pytest

from autograder.checks.outcome import CheckEnded
from autograder.plans import Ask, Result, expect
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import Complaint, Run, Seen, look


class Negative(ValueError):
    """A class of a student's own."""


def stop(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize(
    ("error", "types", "said"),
    [
        (ValueError("x"), ("ValueError",), None),
        (ValueError("x"), (KeyError, ValueError), None),
        (Negative("x"), (ValueError,), None),
        (KeyError("x"), ("LookupError",), None),
        (np.linalg.LinAlgError("x"), (ValueError,), None),
        (ValueError("x"), (KeyError,), "`f` raised ValueError, expected KeyError."),
        (LookupError("x"), (KeyError, "IndexError"), "`f` raised LookupError, expected KeyError or IndexError."),
        (NotImplementedError(), (RuntimeError,), "is not written yet"),
        (NotImplementedError(), (Exception,), "is not written yet"),
        (NotImplementedError("abstract"), (NotImplementedError,), None),
        (NotImplementedError(), ("NotImplementedError",), None),
    ],
)
def test_an_error_is_of_its_class_and_of_those_above(error: BaseException, types: Any, said: str | None) -> None:
    ask = Ask("cell", 0)
    handle = ask.call("f")
    run = Run(ask.built, run_plan(ask.built, ask.tensors, {"f": lambda: stop(error)}))
    try:
        expect(Result(Seen(run, handle.step))).raises(*types)
    except CheckEnded as ended:
        assert said is not None and said in ended.rationale
    else:
        assert said is None


@pytest.mark.parametrize("error", [NotImplementedError(), ValueError("bad")])
def test_an_error_is_expected_of_what_an_unwritten_class_would_make_and_the_class_is_told(error: Exception) -> None:
    ask = Ask("cell", 0)
    account = ask.call("Account")
    handle = ask.call(account, "withdraw")
    run = Run(ask.built, run_plan(ask.built, ask.tensors, {"Account": lambda: stop(error)}))
    with pytest.raises(CheckEnded) as ended:
        expect(Result(Seen(run, handle.step))).raises(ValueError)
    assert ended.value.outcome == "failed" and "could not be tried: " in ended.value.rationale
    assert "`Account" in ended.value.rationale


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("The amount is NEGATIVE: -3"), None),
        (ValueError("no"), "raised ValueError with the message 'no', expected one that says 'negative'."),
        (ValueError(), "raised ValueError without a message, expected one that says 'negative'."),
        (KeyError("negative"), "raised KeyError, expected ValueError."),
    ],
)
def test_an_error_says_what_is_wrong(error: Exception, said: str | None) -> None:
    ask = Ask("cell", 0)
    ask.call("f")
    run = Run(ask.built, run_plan(ask.built, ask.tensors, {"f": lambda: stop(error)}))
    if said is None:
        look("raises", Seen(run, 0), {"types": ["ValueError"], "says": "negative"})
    else:
        with pytest.raises(Complaint, match=said):
            look("raises", Seen(run, 0), {"types": ["ValueError"], "says": "negative"})
