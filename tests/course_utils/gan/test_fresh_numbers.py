"""Code that asks the system for random numbers gets ones that come again, while a probe is run and no longer."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.gan.fresh_numbers import no_fresh_numbers


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


WAYS = [of_a_generator, of_torch, of_numpy, of_python, lambda: np.random.default_rng().random(3).tolist()]


@pytest.mark.parametrize("draw", WAYS)
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
        random.seed(7)
        first = random.random()
        random.seed(7)
        assert random.random() == first


def test_generators_from_before_are_generators_still() -> None:
    before = torch.Generator()
    with no_fresh_numbers(1):
        assert isinstance(before, torch.Generator) and isinstance(torch.Generator(), torch.Generator)
        assert not isinstance(1, torch.Generator)
