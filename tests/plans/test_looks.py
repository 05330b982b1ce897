"""Looks: type, then shape, then value, each in its own words; what is right passes, and what is empty does not."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from autograder.checks.outcome import CheckEnded
from autograder.plans import Ask, Result, expect, slip
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import Run, Seen
from tests.plans.looking import complaint

TWICE = slip("twice", "This is twice as much.", earned=0.5)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0])),
        (torch.tensor([1, 2]), torch.tensor([1.0, 2.0])),
        (torch.tensor([True, False]), torch.tensor([1.0, 0.0])),
        (torch.tensor([1, 0]), torch.tensor([True, False])),
        (torch.tensor(1.00001), torch.tensor(1.0)),
        (np.array([1.0, 2.0]), np.array([1.0, 2.0])),
        (np.float64(3.0), np.array(3.0)),
        (np.float32(0.5), 0.5),
        (torch.tensor([2.0]), 2),
        (7, 7.0),
        ([torch.zeros(2), 1], (torch.zeros(2), 1)),
        (("a", None, True), ["a", None, True]),
        ({"a": 2, 1: torch.ones(2), (1, 2): {"b": None}}, {(1, 2): {"b": None}, "a": 2, 1: torch.ones(2)}),
        (({},), [{}]),
        ({1, (2, "a")}, {(2, "a"), 1}),
        (frozenset([1]), {1}),
        ([b"ab", bytearray(b"c")], (b"ab", b"c")),
        (1 + 2.00001j, 1 + 2j),
        (2, 2 + 0j),
        (torch.tensor([1 + 2j, 3 - 1j]), torch.tensor([1 + 2j, 3 - 1j])),
        (np.array([1.0]), np.array([1 + 0j])),
        (list(range(10_000)), list(range(10_000))),
        (dict.fromkeys(range(10_000), 0), dict.fromkeys(range(10_000), 0)),
        (np.bool_(True), True),
        (torch.tensor(False), False),
        (True, np.bool_(True)),
        (np.int64(3), np.int64(3)),
        ([np.str_("a"), np.float32(0.5)], ["a", np.float64(0.5)]),
        (torch.tensor([float("inf"), 1.0]), torch.tensor([float("inf"), 1.0])),
    ],
)
def test_what_is_right_passes(got: Any, expected: Any) -> None:
    found = complaint("close", got, expected=expected)
    assert found is None or "infinite" in found.says  # a tensor that is not finite is told as that


@pytest.mark.parametrize(
    ("got", "expected", "mistake", "said"),
    [
        (torch.ones(2), torch.ones(2).bool(), "wrong-type", "`f` returned a tensor of float32, expected one of bool."),
        (np.ones(2), np.ones(2) > 0, "wrong-type", "`f` returned an array of float64, expected one of bool."),
        (None, torch.zeros(2), "wrong-type", "`f` returned None, expected a tensor of shape (2,)."),
        (np.zeros(2), torch.zeros(2), "wrong-type", "returned an array of shape (2,), expected a tensor"),
        (torch.zeros(2), np.zeros(2), "wrong-type", "returned a tensor of shape (2,), expected an array"),
        (torch.zeros(2, dtype=torch.complex64), torch.zeros(2), "wrong-type", "of complex64, expected a tensor"),
        (torch.zeros(3), torch.zeros(2), "wrong-shape", "does not have the right shape: got (3,), expected (2,)."),
        (torch.tensor([0.0, float("nan")]), torch.zeros(2), "not-finite", "infinite or not a number"),
        (torch.tensor([0.0, 5.0]), torch.tensor([0.0, 2.0]), "wrong-value", "at [1]: got 5, expected 2."),
        (torch.tensor([2.0, 4.0]), torch.tensor([1.0, 2.0]), "twice", "at [1]: got 4, expected 2."),
        (True, 1, "wrong-type", "returned True, expected a number."),
        ("1", 1, "wrong-type", "returned the text '1', expected a number."),
        (float("nan"), 1.0, "not-finite", "is nan, expected the number 1."),
        (1, True, "wrong-type", "expected True or False."),
        (torch.tensor(1), True, "wrong-type", "returned a tensor of shape (), expected True or False."),
        (torch.tensor([True]), True, "wrong-type", "returned a tensor of shape (1,) of bool, expected True or False."),
        (np.bool_(False), True, "wrong-value", "got False, expected True."),
        (torch.tensor(True), 1, "wrong-type", "returned a tensor of shape () of bool, expected a whole number."),
        ([1], (1, 2), "wrong-type", "returned a list of 1, expected 2 values."),
        ({"a": 1}, {"a": 2}, "wrong-value", "`f['a']` does not have the right value: got 1, expected 2."),
        (
            [{"a": 1}],
            [{"b": 1}],
            "wrong-keys",
            "`f[0]` has no value under 'b' and a value under 'a', expected a dict of",
        ),
        ({1: 1}, {"1": 1}, "wrong-keys", "has no value under '1' and a value under 1, expected a dict of 1."),
        (
            {},
            dict.fromkeys("abcde", 1),
            "wrong-keys",
            "`f` has no value under 'a', 'b', 'c' and 2 more, expected a dict",
        ),
        ({1, 2}, {2, 3}, "wrong-value", "`f` does not have the right value: it lacks 3 and it holds 1."),
        (set(), set("abcde"), "wrong-value", "it lacks 'a', 'b', 'c' and 2 more."),
        ([1], {1}, "wrong-type", "`f` returned a list of 1, expected a set."),
        ({}, set(), "wrong-type", "`f` returned a dict of 0, expected a set."),
        (b"a", b"b", "wrong-value", "got the bytes b'a', expected the bytes b'b'."),
        ("a", b"a", "wrong-type", "`f` returned the text 'a', expected bytes."),
        (1 + 2j, 1 + 3j, "wrong-value", "got 1+2j, expected 1+3j."),
        (1j, 1.0, "wrong-type", "`f` returned the complex number 0+1j, expected a number."),
        (torch.tensor([1j, 2]), torch.tensor([1j, 3]), "wrong-value", "at [1]: got 2+0j, expected 3+0j."),
        (["a"], {"a": 1}, "wrong-type", "`f` returned a list of 1, expected a dict of 1."),
        (None, {"a": 1}, "wrong-type", "`f` returned None, expected a dict of 1."),
        ([1, 3], (1, 2), "wrong-value", "`f[1]` does not have the right value: got 3, expected 2."),
    ],
)
def test_what_is_wrong_is_told_as_what_it_is(got: Any, expected: Any, mistake: str, said: str) -> None:
    slips = [(TWICE, 2 * expected)] if isinstance(expected, Tensor) and expected.any() else []
    found = complaint("close", got, expected=expected, slips=slips)
    assert found is not None and found.mistake == mistake
    assert said in found.says
    assert found.earned == (0.5 if mistake == "twice" else 0.0)


MASK = torch.full((3, 3), -torch.inf).triu(1)


@pytest.mark.parametrize("right", [MASK, MASK.numpy(), torch.tensor([1.0, torch.nan])])
def test_values_that_are_infinite_or_no_number_can_be_expected_in_their_places(right: Any) -> None:
    assert complaint("close", right, expected=right) is None
    wrong = right.copy() if isinstance(right, np.ndarray) else right.clone()
    wrong.reshape(-1)[-1] = 0.5
    found = complaint("close", wrong, expected=right)
    assert found is not None and found.mistake == "wrong-value"
    finite = complaint(
        "close", right, expected=np.ones(3) if isinstance(right, np.ndarray) else torch.ones(right.shape)
    )
    assert finite is not None and finite.mistake in ("not-finite", "wrong-shape")


class Account:
    def __init__(self, balance: int) -> None:
        self.balance = balance

    def deposit(self, amount: int) -> None:
        self.balance += amount


def test_an_attribute_is_looked_at_as_it_was_at_its_moment() -> None:
    ask = Ask("cell", 0)
    account = ask.call("Account", 5)
    before = ask.attribute(account, "balance")
    ask.call(account.part("deposit"), 3)
    after, missing = ask.attribute(account, "balance"), ask.attribute(account, "owner")
    run = Run(ask.built, run_plan(ask.built, ask.tensors, {"Account": Account}))
    expect(Result(Seen(run, before.step))).close(5)
    expect(Result(Seen(run, after.step))).close(8)
    with pytest.raises(CheckEnded, match=r"`Account\(5\)\.balance` does not have the right value: got 8, expected 7"):
        expect(Result(Seen(run, after.step))).close(7)
    with pytest.raises(CheckEnded, match=r"`Account\(5\)\.owner` stopped with an error: AttributeError"):
        expect(Result(Seen(run, missing.step))).close(7)


def test_a_missing_return_is_suspected_where_a_call_returned_none_and_not_an_item() -> None:
    whole, item = complaint("close", None, expected=3), complaint("close", [1, None], expected=[1, 3])
    assert whole is not None and "return statement" in whole.hint
    assert item is not None and "`f[1]` returned None" in item.says and not item.hint


def test_numbers_that_differ_late_are_told_with_the_digits_that_differ() -> None:
    found = complaint("close", torch.tensor([1.00021]), expected=torch.tensor([1.0]))
    assert found is not None and "got 1.00021, expected 1." in found.says


def test_signs_of_columns_are_free_where_they_may_be() -> None:
    right = torch.tensor([[1.0, 2.0], [3.0, -4.0]])
    assert complaint("close", right * torch.tensor([-1.0, 1.0]), expected=right, free_signs=True) is None
    assert complaint("close", right * torch.tensor([-1.0, 1.0]), expected=right) is not None


@pytest.mark.parametrize(
    ("name", "arguments", "right", "wrong"),
    [
        ("at_least", {"bound": 2}, 2, 1.9),
        ("at_most", {"bound": 2}, 2, float("nan")),
        ("between", {"low": 0, "high": 1}, torch.tensor(0.5), 1.1),
        ("is_scalar", {}, torch.tensor(1.0), torch.zeros(1)),
        ("has_shape", {"shape": (2, 3)}, torch.zeros(2, 3), torch.zeros(3, 2)),
        ("has_dtype", {"dtype": "float32"}, torch.zeros(2), torch.zeros(2, dtype=torch.float64)),
        ("has_dtype", {"dtype": "int64"}, np.zeros(2, dtype=np.int64), np.zeros(2)),
        ("has_dtype", {"dtype": "float32"}, torch.zeros(()), 0.5),
        ("improves", {"to": 0.5}, [4.0, 3.0, 2.0, 1.0], [4.0, 3.0, 3.0, 3.0]),
        ("improves", {"key": "loss"}, [{"loss": 2.0}, {"loss": 1.0}], [{"loss": 2.0}, {"lost": 1.0}]),
    ],
)
def test_a_look_passes_what_is_right_and_no_other(name: str, arguments: dict[str, Any], right: Any, wrong: Any) -> None:
    assert complaint(name, right, **arguments) is None
    assert complaint(name, wrong, **arguments) is not None
