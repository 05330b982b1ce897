"""The interpreter: what each step gives, and what a student's code can do to it."""

import json
import sys
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.checks.sizes import MAX_JSON
from autograder.plans import Ask, each, given
from coursekit.plans import answers
from coursekit.plans.answers import Problem, ProblemKind
from coursekit.plans.steps import how_many_kept
from coursekit.plans.storing import store_answers
from coursekit.plans.values import Items, Other, Plain, TensorValue, kind_of, plain
from tests.plans.running import last, run


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "None"),
        (True, "True"),
        (3, "the number 3"),
        (2.5, "the number 2.5"),
        (float("nan"), "the number nan"),
        (10**400, "the number 10000000000000000000...0000000000 (401 digits)"),
        (10**4000, "something of type int (it has more than 4,000 digits)"),
        ("text", "the text 'text'"),
        (np.float32(0.5), "an array of shape ()"),
        (np.zeros((2, 3), dtype=np.uint16), "an array of shape (2, 3)"),
        (np.zeros(2, dtype=object), "something of type ndarray (its dtype is object)"),
        (torch.zeros(4), "a tensor of shape (4,)"),
        (torch.zeros(4, device="meta"), "something of type Tensor (it holds no plain numbers)"),
        (torch.eye(3).to_sparse(), "something of type Tensor (it holds no plain numbers)"),
        (torch.zeros(3_000_000), "something of type Tensor (it has 3,000,000 elements)"),
        ([1, (2, {"a": None})], "a list of 2"),
        ({torch.tensor(1): 1, torch.tensor(1): 2}, "something of type dict (two of its keys are the same as text)"),
        (range(3), "something of type range"),
        (list(range(10_000)), "a list of 10000"),
        (list(range(10_001)), "something of type list (it has 10,001 items)"),
    ],
)
def test_whatever_is_returned_has_a_record(value: Any, told: str) -> None:
    answer = last(lambda ask: ask.call("f"), f=lambda: value)
    assert isinstance(answer, answers.Returned)
    assert kind_of(answer.value) == told


def test_nested_values_come_back_as_they_are() -> None:
    answer = last(lambda ask: ask.call("f"), f=lambda: {"loss": torch.tensor(2.0), 0: [1, "a", None]})
    assert plain(answer.value)["loss"].item() == 2.0
    assert plain(answer.value)[0] == [1, "a", None]


def test_a_list_in_itself_ends_as_what_is_too_deep() -> None:
    value: list[Any] = []
    value.append(value)
    answer = last(lambda ask: ask.call("f"), f=lambda: value)
    inner = answer.value
    while isinstance(inner, Items):
        inner = inner.items[0]
    assert isinstance(inner, Other) and inner.why == "it is nested too deeply"


def test_something_of_a_class_of_a_module_can_be_given() -> None:
    answer = last(lambda ask: ask.call(given("builtins:str.upper"), "a"))
    assert answer.value == Plain("A")
    assert last(lambda ask: ask.call("f", given("builtins:str.upper")), f=lambda of: of("b")).value == Plain("B")


def test_arrays_arrive_as_arrays_and_tensors_as_tensors() -> None:
    kinds = last(
        lambda ask: ask.call("f", np.zeros(2), torch.zeros(2)), f=lambda a, b: [type(a).__name__, type(b).__name__]
    )
    assert plain(kinds.value) == ["ndarray", "Tensor"]


def test_what_is_printed_is_kept_up_to_a_length() -> None:
    answer = last(lambda ask: ask.call("f"), f=lambda: [print("x" * 29_999) for _ in range(5)])
    assert len(answer.printed) == 100_000 and answer.dropped == 50_000


def test_all_answers_of_a_plan_fit_into_a_trace_and_what_does_not_is_told() -> None:
    def build(ask: Ask) -> None:
        for _ in range(3):
            ask.call("f", seconds=60)

    def f() -> list[str]:
        print("é" * 50_000)
        return ["é" * 50_000] * 4

    told = run(build, {"f": f})
    first, _, third = (answer for answer in told if isinstance(answer, answers.Returned))
    assert isinstance(first.value, Items) and len(first.printed) == 50_001
    assert kind_of(third.value) == "something of type list (the answers to this plan are too large to be recorded)"
    assert (third.printed, third.dropped) == ("", 50_001)
    assert len(json.dumps(store_answers(told).data)) < MAX_JSON


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda: 1 / 0, ProblemKind.RAISED),
        (lambda: sys.exit(0), ProblemKind.RAISED),
        (lambda: (_ for _ in ()).throw(NotImplementedError), ProblemKind.UNWRITTEN),
        (lambda: [None for _ in iter(int, 1)], ProblemKind.LATE),
        (None, ProblemKind.UNDEFINED),
    ],
)
def test_a_problem_has_its_kind_and_later_steps_name_it(function: Any, kind: ProblemKind) -> None:
    def build(ask: Ask) -> None:
        ask.call("g", ask.call("f", seconds=0.2))

    first, second = run(build, {"g": id, **({"f": function} if function else {})})
    assert isinstance(first, Problem) and first.kind is kind and first.step == 0
    assert isinstance(second, Problem) and second.kind is ProblemKind.SKIPPED and second.step == 0


def test_except_exception_does_not_catch_the_end_of_a_call() -> None:
    def stubborn() -> None:
        while True:
            try:
                while True:
                    pass
            except Exception:
                pass

    assert last(lambda ask: ask.call("f", seconds=0.2), f=stubborn).kind is ProblemKind.LATE


def test_repeated_calls_take_row_after_row_and_keep_some() -> None:
    answer = last(lambda ask: ask.call("f", each([1, 2, 3]), 10, times=5, keep=2), f=lambda a, b: a * b)
    assert plain(answer.value) == [10, 30, 20]  # the calls 0, 2 and 4 of 10, 20, 30, 10, 20


@pytest.mark.parametrize(("times", "keep"), [(1, 1), (5, 2), (6, 2), (7, 10), (600, 1), (10_000, 1), (19_999, 2)])
def test_as_many_calls_are_kept_as_a_plan_may_ask_for(times: int, keep: int) -> None:
    answer = last(lambda ask: ask.call("f", times=times, keep=keep), f=lambda: 1)
    assert len(plain(answer.value)) == how_many_kept(times, keep)


def test_both_sides_draw_the_same_weights() -> None:
    class Net(nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.layer = nn.Linear(4, width)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(x)

    from autograder.plans import draw_weights

    def build(ask: Ask) -> None:
        ask.state(ask.module("Net", 3, weights=11))

    built, state = run(build, {"Net": Net})
    assert isinstance(built, answers.Built) and isinstance(state, answers.Held)
    for name, tensor in draw_weights(built.shapes, 11).items():
        held = state.tensors[name]
        assert held is not None and torch.equal(held, tensor)


def test_gradients_are_computed_aside_and_backward_leaves_them() -> None:
    def build(ask: Ask) -> None:
        model = ask.module(given("torch.nn:Linear"), 2, 1)
        loss = ask.call(model, torch.ones(3, 2))
        ask.gradient(loss, {"the layer": model})
        ask.held_gradients(model)
        ask.backward(loss)
        ask.held_gradients(model)

    *_, reached, before, _, after = run(build, {})
    assert isinstance(reached, answers.Reached) and not reached.cut
    gradient = reached.parts["the layer"]["weight"]
    assert gradient is not None and gradient.tolist() == [[3.0, 3.0]]
    assert isinstance(before, answers.Held) and before.tensors["weight"] is None
    assert isinstance(after, answers.Held) and torch.equal(after.tensors["weight"], gradient)  # type: ignore[arg-type]


def test_optimizers_are_told_by_group() -> None:
    def build(ask: Ask) -> None:
        model = ask.module(given("torch.nn:Linear"), 2, 1)
        ask.state(ask.optimizer("Adam", model, lr=0.5), model)

    groups = last(build)
    assert groups.groups == (answers.Group(0.5, ("weight", "bias")),)


def test_random_numbers_of_the_student_are_left_alone() -> None:
    torch.manual_seed(5)
    np.random.seed(5)
    before = torch.rand(1), np.random.rand()
    torch.manual_seed(5)
    np.random.seed(5)
    draws = [
        last(lambda ask: ask.call("f"), f=lambda: [torch.rand(1).item(), float(np.random.rand())]) for _ in range(2)
    ]
    assert plain(draws[0].value) == plain(draws[1].value)
    assert (torch.rand(1), np.random.rand()) == before


def test_figures_are_told_and_closed() -> None:
    from matplotlib import pyplot as plt

    plt.close("all")
    plt.figure()

    def draw(values: list[float]) -> None:
        plt.figure()
        plt.plot(values, label="loss")
        plt.xlabel("epoch")
        plt.legend()

    answer = last(lambda ask: ask.figures(ask.call("draw", [3.0, 1.0])), draw=draw)
    ((axes,),) = answer.figures
    assert (axes.x_label, axes.y_label, axes.labels) == ("epoch", "", ("loss",))
    assert axes.lines[0].tolist() == [[0.0, 3.0], [1.0, 1.0]]
    assert len(plt.get_fignums()) == 1  # the one that was there before
    plt.close("all")


def test_bars_are_told_by_their_lengths() -> None:
    from matplotlib import pyplot as plt

    def draw(values: list[float]) -> None:
        _, (left, middle, right) = plt.subplots(1, 3)
        left.bar(["a", "b"], values)
        middle.barh(["a", "b"], values)
        right.hist([0.1, 0.2, 0.9], bins=2)
        right.axvspan(0.0, 0.1)

    ((left, middle, right),) = last(lambda ask: ask.figures(ask.call("draw", [3.0, 1.0])), draw=draw).figures
    assert [[chart.tolist() for chart in one.bars] for one in (left, middle)] == [[[3.0, 1.0]]] * 2
    assert [chart.tolist() for chart in right.bars] == [[2.0, 1.0]]


def test_a_plain_value_is_a_record_of_its_own() -> None:
    assert last(lambda ask: ask.call("f", 2), f=lambda x: x).value == Plain(2)
    assert isinstance(last(lambda ask: ask.call("f"), f=lambda: torch.ones(1)).value, TensorValue)
