"""What is done aside sees the state that is here, leaves nothing of it changed, and is ended in time."""

import os
import random
import time

import numpy
import pytest
import torch

from coursekit.aside import AsideError, AsideWaitsError, aside

pytestmark = pytest.mark.usefixtures("one_thread")


def test_random_numbers_aside_are_those_that_come_next_here() -> None:
    own, of_torch = numpy.random.default_rng(3), torch.Generator().manual_seed(3)

    def draw() -> bytes:
        numbers = random.random(), numpy.random.random(), own.random()
        return repr((*numbers, torch.rand(1).item(), torch.rand(1, generator=of_torch).item())).encode()

    assert aside(draw, 10.0, 60.0) == draw()


def test_what_is_done_aside_changes_nothing_here() -> None:
    numbers = [1]

    def work() -> bytes:
        numbers.append(2)
        print("not to be seen")
        return b"x" * 300_000

    assert aside(work, 20, 60) == b"x" * 300_000
    assert numbers == [1]


@pytest.mark.parametrize("end", ["raises", "exits", "waits", "computes", "is killed"])
def test_what_does_not_come_to_its_end_aside_is_told_in_time(end: str) -> None:
    def work() -> bytes:
        if end == "raises":
            raise ValueError
        if end == "exits":
            raise SystemExit
        if end == "waits":
            time.sleep(100)
        while end == "computes":
            pass
        os.kill(os.getpid(), 9)
        return b""

    begin = time.monotonic()
    with pytest.raises(AsideError) as told:
        aside(work, 1, 2 if end == "waits" else 60)
    assert isinstance(told.value, AsideWaitsError) == (end == "waits")
    assert time.monotonic() - begin < 30
