"""Promises: what results are while a kit is made, before any student has written a line.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the checks of a public plan run
once over promises. What they expect of one is written down as a claim, since its expected value follows from the plan
alone; a check that needs to know what was returned ends there, and what it would say stays with the hidden checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from coursekit.plans.coding import Reference
from coursekit.plans.public import Claim
from coursekit.plans.values import Key


class NotKnownYet(BaseException):
    """A check asks for what only a student's function can tell."""


@dataclass
class Notes:
    """The claims of one check, by the name of their plan."""

    claims: dict[str, list[Claim]] = field(default_factory=dict)


@dataclass(frozen=True)
class Promise:
    """In the place of the result of a step of a public plan."""

    plan: str
    step: int
    notes: Notes
    path: tuple[Key, ...] = ()

    def __getitem__(self, item: Key) -> "Promise":
        return Promise(self.plan, self.step, self.notes, (*self.path, item))

    def __iter__(self) -> NoReturn:
        raise NotKnownYet("items")

    def __len__(self) -> NoReturn:
        raise NotKnownYet("length")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotKnownYet(name)

    def claim(self, look: str, called: str, arguments: Mapping[str, Any]) -> None:
        """Write down a look with what it expects."""
        coded = {}
        for name, value in arguments.items():
            if isinstance(value, Promise):
                if value.plan != self.plan:
                    raise NotKnownYet(name)
                value = Reference(value.step, tuple(("item", key) for key in value.path))
            coded[name] = value
        self.notes.claims.setdefault(self.plan, []).append(Claim(look, self.step, self.path, called, coded))
