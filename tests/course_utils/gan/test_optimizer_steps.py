"""What an optimizer remembers is seen for what it is, and whatever a student keeps beside it breaks nothing."""

import copy
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.gan.optimizer_steps import Memory, memory_of

KINDS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "Adam": lambda p: torch.optim.Adam(p),
    "RMSprop": lambda p: torch.optim.RMSprop(p),
    "Adagrad": lambda p: torch.optim.Adagrad(p),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
}


def stepped(make: Callable[[Any], torch.optim.Optimizer], steps: int = 2) -> torch.optim.Optimizer:
    torch.manual_seed(0)
    layer = nn.Linear(3, 2)
    optimizer = make(layer.parameters())
    for _ in range(steps):
        optimizer.zero_grad()
        layer(torch.randn(4, 3)).square().mean().backward()
        optimizer.step()
    return optimizer


@pytest.mark.parametrize("kind", KINDS)
def test_an_emptied_state_is_a_lost_memory_and_one_that_grows_is_not(kind: str) -> None:
    first, second = (memory_of(stepped(KINDS[kind], steps)) for steps in (1, 2))
    assert not first.is_lost_in(second)
    emptied = stepped(KINDS[kind])
    emptied.state = defaultdict(dict)
    assert second.is_lost_in(memory_of(emptied))


def test_steps_that_are_counted_anew_are_a_lost_memory() -> None:
    early = stepped(KINDS["Adam"], 1)
    state, before = copy.deepcopy(early.state_dict()), memory_of(stepped(KINDS["Adam"], 2))
    early.load_state_dict(state)
    assert before.is_lost_in(memory_of(early))


def test_plain_gradient_descent_has_nothing_to_lose() -> None:
    optimizer = stepped(lambda p: torch.optim.SGD(p, lr=0.1))
    before = memory_of(optimizer)
    optimizer.state.clear()
    assert not before.is_lost_in(memory_of(optimizer))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ([torch.ones(3)], Memory(0, 0.0)),
        (None, Memory(0, 0.0)),
        ({"mean": torch.ones(3)}, Memory(0, 0.0)),
        ({0: {"step": torch.ones(2, 3), "mean": np.ones(3)}}, Memory(1, 0.0)),
        ({0: {"step": None, "mean": np.zeros(3)}}, Memory(0, 0.0)),
        ({0: {"step": torch.tensor(3), "seen": []}, 1: {"step": 5}}, Memory(2, 5.0)),
        ({0: {"step": 1j, "name": "weight"}}, Memory(1, 0.0)),
    ],
    ids=str,
)
def test_a_state_of_any_kind_is_read_without_an_error(state: Any, expected: Memory) -> None:
    optimizer = stepped(KINDS["Adam"], 0)
    optimizer.state = state
    assert memory_of(optimizer) == expected
