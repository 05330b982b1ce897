"""Code that asks the system for random numbers gets ones that come again, while a probe is run and no longer."""

import random
import secrets
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from numpy.random import default_rng

from course_utils.gan.fresh_numbers import no_fresh_numbers, put_back, random_states


def of_a_generator() -> Any:
    generator = torch.Generator()
    generator.seed()
    return torch.rand(3, generator=generator).tolist()


def of_torch() -> Any:
    torch.seed()
    return torch.rand(3).tolist()


def of_numpy() -> Any:
    np.random.seed()
    return np.random.rand(3).tolist()


def of_python() -> Any:
    random.seed()
    return random.random()


def of_the_module_of_torch() -> Any:
    torch.random.seed()
    return torch.rand(3).tolist()


WAYS: dict[str, Callable[[], Any]] = {
    "torch.Generator": of_a_generator,
    "torch.seed": of_torch,
    "torch.random.seed": of_the_module_of_torch,
    "numpy.random.seed": of_numpy,
    "random.seed": of_python,
    "default_rng": lambda: np.random.default_rng().random(3).tolist(),
    "default_rng by its own name": lambda: default_rng().random(3).tolist(),
    "RandomState": lambda: np.random.RandomState().rand(3).tolist(),
    "PCG64": lambda: np.random.Generator(np.random.PCG64()).random(3).tolist(),
    "SeedSequence": lambda: np.random.default_rng(np.random.SeedSequence()).random(3).tolist(),
    "random.Random": lambda: Random().random(),
    "SystemRandom": lambda: random.SystemRandom().random(),
    "secrets": lambda: secrets.randbelow(10**9),
}


@pytest.mark.parametrize("draw", WAYS.values(), ids=WAYS.keys())
def test_unseeded_numbers_come_again_with_the_same_seed_and_differ_within_a_probe(draw: Callable[[], Any]) -> None:
    def drawn(seed: int) -> list[Any]:
        with no_fresh_numbers(seed):
            return [draw() for _ in range(3)]

    first = drawn(1)
    assert first == drawn(1)
    assert first != drawn(2)
    assert len({str(numbers) for numbers in first}) == 3
    assert draw() != draw()  # afterwards all is as before


def test_a_seed_that_is_given_is_used() -> None:
    with no_fresh_numbers(1):
        assert np.random.default_rng(5).random() == np.random.default_rng(5).random()
        one, two = (torch.rand(1, generator=torch.Generator().manual_seed(3)) for _ in range(2))
        assert one == two
        random.seed(a=7)
        first = random.random()
        random.seed(7, version=2)
        assert random.random() == first == Random(7).random()


def test_a_seed_of_the_student_says_nothing_about_other_numbers() -> None:
    def drawn() -> list[float]:
        random.seed(0)
        return default_rng().random(3).tolist()

    with no_fresh_numbers(1):
        assert drawn() != drawn()


def test_names_that_a_notebook_imported_are_repeatable_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook: Any = sys.modules["__main__"]
    for name, value in {"Own": torch.Generator, "own_seed": random.seed}.items():
        monkeypatch.setattr(notebook, name, value, raising=False)
    of_torch, of_python = torch.Generator, random.seed

    def drawn() -> list[float]:
        with no_fresh_numbers(1):
            generator = notebook.Own()
            generator.seed()
            notebook.own_seed()
            return [float(torch.rand(1, generator=generator)), random.random()]

    assert drawn() == drawn()
    assert notebook.Own is of_torch and notebook.own_seed is of_python


def test_all_generators_can_be_put_back() -> None:
    with no_fresh_numbers(1):
        states = random_states()
        first = [draw() for draw in WAYS.values()]
        put_back(states)
        assert [draw() for draw in WAYS.values()] == first


def test_generators_from_before_are_generators_still() -> None:
    before = torch.Generator()
    with no_fresh_numbers(1):
        assert isinstance(before, torch.Generator) and isinstance(torch.Generator(), torch.Generator)
        assert not isinstance(1, torch.Generator)
