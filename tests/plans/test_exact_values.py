"""Whole numbers, long texts and what is to be the very same are compared exactly."""

from typing import Any

import numpy as np
import pytest
import torch

from autograder.plans import Ask, slip
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import Complaint, Run, Seen, look
from tests.plans.looking import complaint, seen

TWICE = slip("twice", "This is twice as much.", earned=0.5)


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        (50_257, 50_256, "got 50257, expected 50256."),
        (2**64, 2**64 + 1, "got 18446744073709551616, expected 18446744073709551617."),
        (10**400, 10**400 + 1, "(401 digits)"),
        (2.5, 10**400, "returned the number 2.5, expected a whole number."),
        (torch.tensor(50_257), 50_256, "got 50257, expected 50256."),
        ([1, [50_257]], (1, [50_256]), "`f[1][0]`"),
        (torch.tensor([9, 50_257]), torch.tensor([9, 50_256]), "at [1]: got 50257, expected 50256."),
        (torch.tensor([2**62 + 1]), torch.tensor([2**62]), "expected 4611686018427387904."),
        (torch.tensor([50_257], dtype=torch.int32), torch.tensor([50_256]), "got 50257, expected 50256."),
        (np.array([50_257]), np.array([50_256]), "got 50257, expected 50256."),
        (np.int64(50_257), np.array(50_256), "got 50257, expected 50256."),
        (torch.tensor([True, False]), torch.tensor([True, True]), "at [1]: got 0, expected 1."),
    ],
)
def test_whole_numbers_that_are_a_little_off_are_others(got: Any, expected: Any, said: str) -> None:
    found = complaint("close", got, expected=expected)
    assert found is not None and said in found.says
    if not isinstance(got, list):
        assert complaint("close", expected, expected=expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        ("ab" * 3000, "ab" * 3000, None),
        ("ab" * 3000, "ab" * 2000, "from character 4,000 on: after '" + "ab" * 10 + "' got 'abab"),
        ("x" * 70 + "é", "x" * 70 + "e", "after '" + "x" * 20 + "' got 'é', expected 'e'."),
        ("left", "right", "got the text 'left', expected the text 'right'."),
        ("x" * 100_001, "x" * 100_000, "something of type str (it has 100,001 characters), expected text."),
    ],
    ids=["whole", "start", "end", "short", "too long"],
)
def test_long_texts_are_compared_whole_and_told_where_they_differ(got: str, expected: str, said: str | None) -> None:
    found = complaint("close", got, expected=expected)
    assert (found is None) if said is None else (found is not None and said in found.says)


def test_what_is_printed_late_is_seen_up_to_a_length_that_is_told() -> None:
    for lines, is_kept in ((20_000, True), (60_000, False)):
        ask = Ask("cell", 0)
        step = ask.call("f", lines).step
        run = Run(ask.built, run_plan(ask.built, ask.tensors, {"f": lambda n: print("1\n" * n + "2999")}))
        for arguments in ({"text": "2999"}, {"number": 2999}):
            if is_kept:
                assert look("prints", Seen(run, step), arguments)
            else:
                with pytest.raises(Complaint, match="not among the first 100,000 characters of what it printed"):
                    look("prints", Seen(run, step), arguments)


@pytest.mark.parametrize("got", [2.00001, torch.tensor(2.00001), np.float32(2.00001), 2, torch.tensor(2)])
def test_a_whole_number_may_come_back_as_another_type(got: Any) -> None:
    assert complaint("close", got, expected=2) is None
    assert complaint("close", 2 * got, expected=2, slips=[(TWICE, 4)]).mistake == "twice"  # type: ignore[union-attr]


def test_whole_numbers_in_a_state_are_compared_exactly() -> None:
    class Table(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("ids", torch.tensor([50_257]))
            self.weight = torch.nn.Parameter(torch.ones(2))

    ask = Ask("cell", 0)
    step = ask.state(ask.module("Table")).step
    state = Seen(Run(ask.built, run_plan(ask.built, ask.tensors, {"Table": Table})), step)
    right = {"weight": torch.ones(2), "ids": torch.tensor([50_257])}
    assert look("close", state, {"expected": right})
    with pytest.raises(Complaint, match="got 50257, expected 50256"):
        look("close", state, {"expected": {**right, "ids": torch.tensor([50_256])}})


def test_whole_numbers_have_the_tolerance_that_is_named() -> None:
    assert complaint("close", 103, expected=100, tolerance=0.05) is None
    assert complaint("close", torch.tensor([103]), expected=torch.tensor([100]), tolerance=0.05) is None
    assert complaint("close", 1.00001, expected=1.0, tolerance=0.0) is not None


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ([torch.arange(2000.0)], [torch.arange(2000.0)], True),
        ([torch.arange(2000.0)], [torch.arange(2000.0).index_fill(0, torch.tensor(1000), 5.0)], False),
        ((torch.tensor(1.0), 2), (torch.tensor(1.00001), 2), False),
        (torch.tensor([float("nan")]), torch.tensor([float("nan")]), True),
        ({"a": float("nan")}, {"a": float("nan")}, True),
        (torch.zeros(2), torch.zeros(2, dtype=torch.int64), False),
    ],
)
def test_the_very_same_is_looked_for_in_the_middle_of_what_is_nested(one: Any, two: Any, same: bool) -> None:
    first, second = seen([one, two], times=2)
    if same:
        assert "gives the same" in look("same_as", first, {"other": second})
    else:
        with pytest.raises(Complaint, match="something else"):
            look("same_as", first, {"other": second})
