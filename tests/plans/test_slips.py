"""Slips: a well-known mistake is told by its name, of whatever type its value is."""

from typing import Any

import numpy as np
import pytest
import torch

from autograder.plans import Ask, Result, expect, slip
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import Run, Seen
from tests.plans.looking import complaint

TWICE = slip("twice", "This is twice as much.", earned=0.5)


def test_slips_of_a_dict_are_those_of_its_items() -> None:
    found = complaint("close", {"a": 4, "b": 1}, expected={"a": 2, "b": 1}, slips=[(TWICE, {"a": 4})])
    assert found is not None and (found.mistake, found.earned) == ("twice", 0.5)


@pytest.mark.parametrize(
    ("got", "expected", "of_slip"),
    [
        (torch.ones(3), torch.ones(3, 1), torch.ones(3)),
        (torch.tensor([1.0, 2.0]), 1.5, torch.tensor([1.0, 2.0])),
        (np.ones(2), np.ones((2, 2)), np.ones(2)),
    ],
)
def test_a_slip_of_another_shape_names_a_value_of_that_shape(got: Any, expected: Any, of_slip: Any) -> None:
    found = complaint("close", got, expected=expected, slips=[(TWICE, of_slip)])
    assert found is not None and (found.mistake, found.earned, found.hint) == ("twice", 0.5, TWICE.says)
    other = complaint("close", got + 1, expected=expected, slips=[(TWICE, of_slip)])
    assert other is not None and other.mistake in ("wrong-shape", "wrong-type")


@pytest.mark.parametrize(
    ("got", "expected", "of_slip"),
    [
        ([1, 2, 3], [1, 2], [1, 2, 3]),
        ({"a": 1}, {"a": 1, "b": 2}, {"a": 1}),
        ([1.0, 2.0], torch.tensor([1.0, 2.0]), [1.0, 2.0]),
        (3.5, torch.tensor(3.5), 3.5),
        (None, [1, 2], None),
        (["b", "a"], ("a", ["b"]), ["b", "a"]),
        ("1", 1, "1"),
    ],
)
def test_a_slip_of_another_type_or_length_is_named(got: Any, expected: Any, of_slip: Any) -> None:
    found = complaint("close", got, expected=expected, slips=[(TWICE, of_slip)])
    assert found is not None and (found.mistake, found.earned) == ("twice", 0.5)
    other = complaint("close", got, expected=expected, slips=[(TWICE, [of_slip])])
    assert other is not None and other.mistake in ("wrong-type", "wrong-keys", "wrong-value")


@pytest.mark.parametrize("of_slip", [None, "text", [1, "a"], [[1.0], [1.0, 2.0]], {"a": "b"}, b"x", {1, 2}, object()])
def test_a_slip_of_whatever_type_breaks_no_check(of_slip: Any) -> None:
    for got, expected in ((torch.ones(2), torch.zeros(2)), (2.5, 1.5), ([1, 2], [1, 3]), ({"a": 1.0}, {"a": 2.0})):
        found = complaint("close", got, expected=expected, slips=[(TWICE, of_slip)])
        assert found is not None and found.mistake == "wrong-value"


def test_slips_that_are_no_dict_are_told_to_the_author() -> None:
    ask = Ask("cell", 0)
    ask.call("f")
    run = Run(ask.built, run_plan(ask.built, ask.tensors, {"f": lambda: 1}))
    wrong: Any = [(TWICE, 2)]
    with pytest.raises(TypeError, match="slips are a dict"):
        expect(Result(Seen(run, 0))).close(1, slips=wrong)


def test_a_slip_with_fewer_items_than_the_value_says_nothing_of_the_others() -> None:
    found = complaint("close", [4, 1], expected=[2, 1], slips=[(TWICE, [4])])
    assert found is not None and found.mistake == "twice"
    other = complaint("close", [2, 5], expected=[2, 1], slips=[(TWICE, [4])])
    assert other is not None and other.mistake == "wrong-value"
