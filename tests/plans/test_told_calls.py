"""What is given is told by what it is called with; items of what came back are found under their keys."""

from typing import Any

import pytest
import torch

from autograder.plans import Ask, given
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import Complaint, Run, Seen, look
from tests.plans.looking import seen


def unwritten() -> Any:
    yield 1
    raise NotImplementedError


def endless() -> Any:
    while True:
        yield 1


def stops() -> Any:
    yield 1
    raise ValueError("too few")


@pytest.mark.parametrize(
    ("batches", "said"),
    [
        (unwritten, "`unwritten` is not written yet: it raised NotImplementedError."),
        (endless, "`list(batches(3))` took longer than 0.1 seconds."),
        (stops, '`list(batches(3))` stopped with an error: ValueError: too few at `raise ValueError("too few")`.'),
        (lambda: None, "`list(batches(3))` stopped with an error: TypeError: 'NoneType' object is not iterable."),
        (lambda: [1], "`list(batches(3))` returned a list of 1, expected 2 values."),
    ],
)
def test_a_call_of_what_is_given_is_told_by_what_it_is_called_with(batches: Any, said: str) -> None:
    ask = Ask("cell", 0)
    step = ask.call(given("builtins:list"), ask.call("batches", 3), seconds=0.1).step
    run = Run(ask.built, run_plan(ask.built, ask.tensors, {"batches": lambda _: batches()}))
    with pytest.raises(Complaint) as found:
        look("close", Seen(run, step), {"expected": [1, 2]})
    assert found.value.says == said


@pytest.mark.parametrize(
    ("args", "label"),
    [
        ((torch.zeros(2), 3), "list(..., 3)"),
        (("x" * 80,), "list(...)"),
    ],
)
def test_long_arguments_of_what_is_given_are_left_out(args: tuple[Any, ...], label: str) -> None:
    ask = Ask("cell", 0)
    assert ask.call(given("builtins:list"), *args).label == label
    assert ask.call(given("builtins:list"), ask.call("batches", torch.zeros(2))).label == "list(batches(...))"
    assert ask.call(given("builtins:list"), ask.value([1])).label == "list(...)"


@pytest.mark.parametrize("key", ["1", 1, (1, "a"), None])
def test_items_are_found_under_their_keys_and_under_no_others(key: Any) -> None:
    (one,) = seen({key: [2.0]})
    assert look("close", one.item(key).item(0), {"expected": 2.0})
    others: list[Any] = ["1", 1, (1, "b"), None]
    for other in others:
        if other == key:
            continue
        with pytest.raises(Complaint, match="returned a dict of 1, expected a value under "):
            look("close", one.item(other).item(0), {"expected": 2.0})


def test_items_of_what_lives_are_found_under_their_keys() -> None:
    ask = Ask("cell", 0)
    table = ask.call("table")
    step = ask.call(given("builtins:list"), [table[1], table["1"], table[1, "a"]]).step
    run = Run(ask.built, run_plan(ask.built, ask.tensors, {"table": lambda: {1: 5, "1": 6, (1, "a"): 7}}))
    assert look("close", Seen(run, step), {"expected": [5, 6, 7]})
