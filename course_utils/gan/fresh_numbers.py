"""Random numbers that code asks the system for come from generators that can be put back, while a probe is run.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this lets a step be taken again
with the same random numbers, and a submission be recorded twice alike, also where a step makes an unseeded generator of
its own. What asks the system in other ways, such as `os.urandom` or a clock, is left as it is.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy
import torch


@contextmanager
def no_fresh_numbers(seed: int) -> Iterator[None]:
    """Seed all generators, and take seeds that are asked of the system from that of Python."""
    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    with ExitStack() as stack:
        for module, name, repeatable in (
            (random, "seed", _or_seed(random.seed)),
            (numpy.random, "seed", _or_seed(numpy.random.seed)),
            (numpy.random, "default_rng", _or_seed(numpy.random.default_rng)),
            (torch, "seed", lambda: torch.manual_seed(_seed()).initial_seed()),
            (torch, "Generator", _Generator),
        ):
            stack.callback(setattr, module, name, getattr(module, name))
            setattr(module, name, repeatable)
        yield


_Plain = torch.Generator


class _LikePlain(type(torch.Generator)):  # type: ignore[misc]
    """Generators that were made before are of the class, too, for whoever asks."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _Plain)


class _Generator(torch.Generator, metaclass=_LikePlain):
    """One whose own seed can be repeated, too."""

    def seed(self) -> int:
        return self.manual_seed(_seed()).initial_seed()


def _or_seed(function: Any) -> Any:
    """The function, which takes the numbers of the system where it is given no seed, with a seed in that case."""

    def seeded(seed: Any = None, *args: Any, **kwargs: Any) -> Any:
        return function(_seed() if seed is None else seed, *args, **kwargs)

    return seeded


def _seed() -> int:
    return random.getrandbits(31)
