"""The look at a figure: it passes what is drawn as it should be, and says what is missing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt

from autograder.plans import Ask
from coursekit.plans.interpreter import run_plan
from coursekit.plans.looks import Complaint, Run, Seen, look

HEIGHTS = np.array([3.0, 1.0, 2.0])


def chart(*heights: Any, label: str = "count", lying: bool = False) -> Callable[[], None]:
    def draw() -> None:
        _, axes = plt.subplots()
        for one in heights:
            (axes.barh if lying else axes.bar)(["a", "b", "c"][: len(one)], one)
        axes.set(xlabel="letter", ylabel=label)

    return draw


def histogram() -> None:
    plt.figure()
    plt.hist([0.0, 0.1, 0.2, 1.1, 2.2, 2.9], bins=3, range=(0, 3))
    plt.xlabel("value")
    plt.ylabel("count")


def told(draw: Callable[[], None], **arguments: Any) -> str:
    """What is said of the figure; empty where it is right."""
    ask = Ask("cell", 0)
    step = ask.figures(ask.call("draw")).step
    run = Run(ask.built, run_plan(ask.built, ask.tensors, {"draw": draw}))
    try:
        look("draws", Seen(run, step), arguments)
    except Complaint as found:
        return found.says
    return ""


@pytest.mark.parametrize("draw", [chart(HEIGHTS), chart(HEIGHTS, lying=True), histogram, chart(HEIGHTS[:2], HEIGHTS)])
def test_bars_of_the_right_lengths_pass(draw: Callable[[], None]) -> None:
    assert told(draw, bars=[HEIGHTS]) == ""


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (chart(HEIGHTS[::-1]), "shows the 3 values of bar chart 1, expected one (there is 1 bar chart)."),
        (chart(HEIGHTS[:2]), "shows the 3 values of bar chart 1, expected one (there is 1 bar chart)."),
        (lambda: plt.figure().gca().plot(HEIGHTS), "expected one (there are no bar charts)."),
        (chart(HEIGHTS, label=""), "An axis in the figure of `draw` has no label."),
        (lambda: None, "`draw` drew no figure, expected one."),
    ],
)
def test_bars_that_are_missing_wrong_or_without_a_name_are_told(draw: Callable[[], None], says: str) -> None:
    assert says in told(draw, bars=[HEIGHTS])


def test_lines_are_compared_by_their_heights() -> None:
    def draw() -> None:
        _, axes = plt.subplots()
        axes.plot([1, 2, 3], HEIGHTS)
        axes.set(xlabel="step", ylabel="loss")

    assert told(draw, lines=[HEIGHTS]) == ""
    assert "shows the 2 values of line 1, expected one (there is 1 line)." in told(draw, lines=[HEIGHTS[:2]])
