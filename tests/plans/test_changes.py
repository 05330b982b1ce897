"""What a function changes of its arguments is told, wherever it is."""

import collections
import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas  # type: ignore[import-untyped]
import pytest
import torch
from torch import nn

from autograder.plans import Ask, given
from coursekit.plans import answers
from coursekit.plans.values import plain
from tests.plans.running import last, run


def test_arguments_are_fresh_copies_and_changes_are_told_by_name() -> None:
    def f(x, numbers, other):  # type: ignore[no-untyped-def]
        x += 1
        numbers.append(1)
        return x

    def build(ask: Ask) -> None:
        x = torch.zeros(2)
        for _ in range(2):
            ask.call("f", x, [0], np.zeros(2))

    for answer in run(build, {"f": f}):
        assert isinstance(answer, answers.Returned)
        assert answer.changed == ("x", "numbers")
        assert torch.equal(plain(answer.value), torch.ones(2))


@pytest.mark.parametrize(
    ("made", "change"),
    [
        (["b", "a"], list.sort),
        (["a"], lambda x: x.append("b")),
        ({"a": [1, 2]}, lambda x: x["a"].reverse()),
        ({"a": 1}, lambda x: x.update(a=2)),
        ({"a": 1}, lambda x: x.update({"b": x.pop("a")})),
        ([["a"], ("b", ["c"])], lambda x: x[1][1].clear()),
        ([1, True], lambda x: x.__setitem__(0, 1.0)),
        ([torch.zeros(2)], lambda x: x[0].add_(1)),
        ([float("nan"), 0.0], lambda x: x.reverse()),
    ],
)
def test_a_change_in_place_is_told_wherever_it_is(made: Any, change: Callable[[Any], Any]) -> None:
    answer = last(lambda ask: ask.call("f", made), f=lambda x: change(x))
    assert answer.changed == ("x",)
    assert last(lambda ask: ask.call("f", made), f=lambda x: change(copy.deepcopy(x))).changed == ()


@pytest.mark.parametrize(
    ("made", "change"),
    [
        (set, lambda x: x.add(1)),
        (bytearray, lambda x: x.append(1)),
        (collections.deque, lambda x: x.append(1)),
        (lambda: [nn.ReLU()], lambda x: x.__setitem__(0, nn.ReLU())),
    ],
)
def test_a_change_of_what_a_cell_made_itself_is_told(made: Callable[[], Any], change: Callable[[Any], Any]) -> None:
    def build(ask: Ask) -> None:
        ask.call("change", ask.call("make"))

    assert run(build, {"make": made, "change": lambda x: change(x)})[-1].changed == ("x",)  # type: ignore[union-attr]
    assert run(build, {"make": made, "change": lambda x: x})[-1].changed == ()  # type: ignore[union-attr]


def test_what_a_network_learns_and_a_list_in_itself_are_no_changes() -> None:
    around: list[Any] = [nn.Linear(2, 2)]
    around.append(around)
    built = last(lambda ask: ask.call("f", ask.call("make")), make=lambda: around, f=lambda x: x[0].weight.data.zero_())
    assert built.changed == ()


def test_a_change_of_a_table_is_told() -> None:

    def build(ask: Ask) -> None:
        ask.call("f", ask.call(given("pandas:DataFrame"), {"age": [1.0, float("nan")]}))

    def rename(table: Any) -> None:
        table.columns = ["years"]

    for change in (rename, lambda table: table.pop("age"), lambda table: table.__setitem__("age", 2.0)):
        answer = run(build, {"f": change})[-1]
        assert isinstance(answer, answers.Returned) and answer.changed == ("table",)
    assert run(build, {"f": lambda table: pandas.concat([table, table])})[-1].changed == ()  # type: ignore[union-attr]
