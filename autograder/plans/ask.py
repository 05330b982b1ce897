"""The builder of a plan: what a checks file asks for.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* an `Ask` turns the calls of an
author into the steps of `coursekit.plans.steps`. It is built twice from one seed: to ask, and to judge what came back;
both times an author's own tensors come out the same.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from autograder.plans.handles import Each, Handle
from autograder.plans.labels import label_of_call, label_of_given
from coursekit.plans import steps
from coursekit.plans.coding import Code, Given, Reference, Student, UncodableError, encode, import_given
from coursekit.plans.steps import SECONDS, Plan
from coursekit.plans.values import MAX_ITEMS
from coursekit.trace import Trace


class PlanError(Exception):
    """A plan cannot be built; the message continues "The plan NAME"."""


class Ask:
    """Builds one plan.

    Tensors among arguments arrive as fresh copies, NumPy arrays as arrays, handles as what they stand for.

    Attributes:
        public: whether this is the plan that goes into the kit; else its seed is secret.
        random: the generator of this plan's random numbers.
    """

    def __init__(self, cell: str, seed: int, public: bool = False) -> None:
        self.public = public
        self.random = torch.Generator().manual_seed(seed)
        self.tensors = Trace()
        self._cell, self._seed = cell, seed
        self._steps: list[steps.Step] = []

    @property
    def built(self) -> Plan:
        """The plan as far as it has been asked for."""
        return Plan(self._cell, self._seed, tuple(self._steps))

    # Values of the author's own

    def randn(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Normal random numbers; `.numpy()` of it arrives as an array."""
        return torch.randn(shape, generator=self.random, dtype=torch.float64).to(dtype)

    def rand(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Random numbers from 0 to 1."""
        return torch.rand(shape, generator=self.random, dtype=torch.float64).to(dtype)

    def randint(self, high: int, *shape: int) -> Tensor:
        """Whole random numbers from 0 to `high - 1`."""
        return torch.randint(high, shape, generator=self.random)

    def draw(self) -> int:
        """A random number that can be a seed."""
        return int(torch.randint(2**31, (), generator=self.random))

    # Steps

    def seed(self, value: int | None = None) -> None:
        """Seed torch, NumPy and Python where the plan is carried out."""
        self._add(steps.Seed(self.draw() if value is None else value))

    def value(self, value: Any, requires_grad: bool = False) -> Handle:
        """A value that lives: the same one for all steps that are given it."""
        return self._add(steps.Make(self._code(value), requires_grad), "a value")

    def module(
        self,
        of: str | Given,
        *args: Any,
        weights: int | Mapping[str, Tensor] | None = None,
        seconds: float = SECONDS,
        **kwargs: Any,
    ) -> Handle:
        """An object of a student's class (its name) or of a given one (`given("package.module:Class")`).

        Args:
            of: the class.
            args, kwargs: of its constructor.
            weights: a seed, from which both sides draw the same (`draw_weights`); a state of the module; or None.
            seconds: of processor time.
        """
        name = of if isinstance(of, str) else of.place.partition(":")[2]
        drawn = weights if isinstance(weights, int) else None
        state = None if weights is None or isinstance(weights, int) else self._code(dict(weights))
        label = label_of_call(name, args, kwargs)
        coded = self._target(of), label, self._code([*args]), self._code(kwargs)
        return self._add(steps.Module(*coded, drawn, state, seconds), label)

    def optimizer(self, of: str, module: Handle, **kwargs: Any) -> Handle:
        """An optimizer of `torch.optim` for the parameters of a module."""
        if not isinstance(getattr(torch.optim, of, None), type):
            raise PlanError(f"asks for torch.optim.{of}, which there is not")
        return self._add(steps.Optimizer(of, self._code(module), of, self._code(kwargs)), of)

    def loader(self, *tensors: Tensor, batch_size: int) -> Handle:
        """A loader of mini-batches, in the order of the tensors."""
        return self._add(steps.Loader(self._code([*tensors]), batch_size), "a loader")

    def call(
        self,
        of: str | Handle | Given,
        *args: Any,
        seconds: float = SECONDS,
        times: int | None = None,
        keep: int = 1,
        **kwargs: Any,
    ) -> Handle:
        """A call of a student's function, of what a step gave, or of something given.

        Args:
            of: what is called; `given("builtins:list")` makes a list of what a generator yields.
            args, kwargs: with what; a tensor is a fresh copy, and what a check says of it can be trusted.
            seconds: of processor time that all calls together may take.
            times: how often, with the very same arguments but those in `each(...)`; the result is then a list.
            keep: every so many returned values are kept, and the last; 10,000 at most.
        """
        rows = [number for number, value in enumerate(args) if isinstance(value, Each)]
        plain = [value.rows if isinstance(value, Each) else value for value in args]
        name = of if isinstance(of, str) else of.label if isinstance(of, Handle) else of.place.partition(":")[2]
        label = label_of_call(name, plain, kwargs) if times is None else name
        if isinstance(of, Given):
            label = label_of_given(name, [*plain, *kwargs.values()])
        if times is not None and not (times > 0 and keep > 0):
            raise PlanError(f"calls {name} {times} times and keeps every {keep}th, which must be 1 or more")
        if times is not None and (kept := steps.how_many_kept(times, keep)) > MAX_ITEMS:
            raise PlanError(
                f"keeps {kept:,} values of {name}, of which {MAX_ITEMS:,} can come back: name a larger keep"
            )
        coded = self._code(plain), self._code(kwargs)
        return self._add(steps.Call(self._target(of), label, *coded, seconds, times, rows, keep), label)

    def attribute(self, of: Handle, name: str) -> Handle:
        """What an attribute of an object holds at this moment, for a check to look at."""
        label = f"{of.label}.{name}"
        read = steps.Call(self._code(Given("builtins:getattr")), label, self._code([of, name]), self._code({}))
        return self._add(read, label)

    def backward(self, of: Handle) -> Handle:
        """Go backward from the sum of a value; the gradients stay."""
        return self._add(steps.Backward(self._code(of), of.label), of.label)

    def gradient(self, of: Handle, at: Mapping[str, Handle]) -> Handle:
        """Gradients of the sum of a value at named parts, each a module or a value; none stays."""
        parts = {name: self._code(part) for name, part in at.items()}
        return self._add(steps.Gradient(self._code(of), of.label, parts), of.label)

    def held_gradients(self, of: Handle) -> Handle:
        """The gradients that lie in a module or a value."""
        return self._add(steps.HeldGradients(self._code(of), of.label), of.label)

    def state(self, of: Handle, module: Handle | None = None) -> Handle:
        """The weights of a module, or the groups of an optimizer with the names that parameters have in `module`."""
        return self._add(steps.State(self._code(of), of.label, self._code(module) if module else None), of.label)

    def figures(self, of: Handle) -> Handle:
        """The figures that have been drawn, and the one that a call returned."""
        return self._add(steps.Draw(self._code(of), of.label), of.label)

    def _add(self, step: steps.Step, label: str = "") -> Handle:
        self._steps.append(step)
        return Handle(len(self._steps) - 1, label)

    def _target(self, of: str | Handle | Given) -> Code:
        return self._code(Student(of) if isinstance(of, str) else of)

    def _code(self, value: Any) -> Code:
        try:
            return encode(value, self.tensors, _refer)
        except UncodableError as error:
            kinds = "numbers, text, bytes, tensors, arrays, lists, dicts, sets and what earlier steps gave"
            raise PlanError(f"holds {error}: {kinds} can be sent") from None


def _refer(value: Any) -> Any:
    if isinstance(value, Handle):
        return Reference(value.step, value.path)
    if isinstance(value, Given):
        try:
            import_given(value.place)
        except (ImportError, AttributeError, ValueError) as error:
            raise PlanError(f"asks for {value.place!r}, which cannot be imported ({error})") from None
    return value
