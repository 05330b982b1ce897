"""Random numbers that code asks the system for come from a generator that can be put back, while a probe is run.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this lets a step be taken again
with the same random numbers, and a submission be recorded twice alike, also where a step makes an unseeded generator of
its own. It has a stream of its own, so that a student's `random.seed(0)` says nothing about it. What asks the system in
other ways, such as `os.urandom` or a clock, is left as it is.
"""

import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import MethodType
from typing import Any

import numpy
import torch

_SYSTEM = random.Random(0)  # in place of the system's numbers
_seed_python = random.Random.seed


@contextmanager
def no_fresh_numbers(seed: int) -> Iterator[None]:
    """Seed all generators, and let no code have numbers of the system."""
    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    _SYSTEM.seed(seed)
    seeded_python = MethodType(_seeded_python, random.seed.__self__)  # type: ignore[attr-defined]
    with ExitStack() as stack:
        for place, name, repeatable in (
            (random, "seed", seeded_python),
            (random.Random, "seed", _seeded_python),
            (random, "_urandom", _SYSTEM.randbytes),  # for `secrets`, too, and so for NumPy's generators
            (numpy.random, "seed", _seeded_numpy),  # but for this one
            (torch, "seed", _seed_torch),
            (torch.random, "seed", _seed_torch),
            (torch, "Generator", _Generator),
        ):
            _replace(stack, place, name, repeatable)
        yield


def random_states() -> tuple[Any, ...]:
    """Of all generators, as they are now."""
    return torch.get_rng_state(), random.getstate(), numpy.random.get_state(), _SYSTEM.getstate()


def put_back(states: tuple[Any, ...]) -> None:
    """Let all generators be as they were when `random_states` returned this."""
    of_torch, of_python, of_numpy, of_system = states
    torch.set_rng_state(of_torch)
    random.setstate(of_python)
    numpy.random.set_state(of_numpy)
    _SYSTEM.setstate(of_system)


def _replace(stack: ExitStack, place: Any, name: str, repeatable: Any) -> None:
    """Until the stack ends, there and where a notebook has it from there, as `from torch import Generator` does."""
    original = getattr(place, name)
    stack.callback(setattr, place, name, original)
    setattr(place, name, repeatable)
    notebook = vars(sys.modules["__main__"])
    for own in [key for key, value in notebook.items() if value is original]:
        stack.callback(notebook.__setitem__, own, original)
        notebook[own] = repeatable


def _seeded_python(self: random.Random, a: Any = None, version: int = 2) -> None:
    _seed_python(self, _seed() if a is None else a, version)


_seed_numpy = numpy.random.seed


def _seeded_numpy(seed: Any = None) -> None:
    _seed_numpy(_seed() if seed is None else seed)


def _seed_torch() -> int:
    return torch.manual_seed(_seed()).initial_seed()


_Plain = torch.Generator


class _LikePlain(type(torch.Generator)):  # type: ignore[misc]
    """Generators that were made before are of the class, too, for whoever asks."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _Plain)


class _Generator(torch.Generator, metaclass=_LikePlain):
    """One whose own seed can be repeated, too."""

    def seed(self) -> int:
        return self.manual_seed(_seed()).initial_seed()


def _seed() -> int:
    return _SYSTEM.getrandbits(31)
