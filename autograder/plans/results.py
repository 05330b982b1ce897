"""A result: what a step gave, as a check gets it.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands between what came
back and the words of a check. Reading it fails the check by itself, in the student's words, where the function is not
written, raised, was too slow, or returned another type or shape.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from autograder.checks.outcome import cannot_judge, fail
from coursekit.plans.answers import Built, Figures, Groups, Held, Problem, Reached, Returned
from coursekit.plans.looks import BrokenPlan, Complaint, Seen
from coursekit.plans.looks.seen import missing_return, number_of
from coursekit.plans.looks.shapes import tensor_of
from coursekit.plans.values import Items, Key, kind_of, plain
from coursekit.plans.weights import draw_weights

LARGEST_WEIGHT = 1e4  # in absolute value; weights of networks that have learnt something stay below 100
Net = TypeVar("Net", bound=nn.Module)


@contextlib.contextmanager
def in_the_words_of_a_check() -> Iterator[None]:
    """What a look complains of fails the check."""
    try:
        yield
    except Complaint as complaint:
        fail(complaint.says, complaint.hint, mistake=complaint.mistake, earned=complaint.earned)
    except BrokenPlan as broken:
        cannot_judge(f"The autograder asked for something that is not there, which a person will look at: {broken}")


@dataclass(frozen=True)
class Result:
    """What a step gave."""

    seen: Seen

    def __getitem__(self, item: Key) -> "Result":
        """An item of what was returned, by its place or its key; nothing fails before it is looked at."""
        return Result(self.seen.item(item))

    def __iter__(self) -> Iterator["Result"]:
        """The items of a returned list, tuple or dict; anything else fails the check."""
        with in_the_words_of_a_check():
            value = self.seen.value()
            if not isinstance(value, Items):
                told = f"{self.seen.name} returned {kind_of(value)}, expected several values."
                raise Complaint(told, missing_return(self.seen, value), "wrong-type")
        return (self[key] for key in (value.keys or range(len(value.items))))

    @property
    def worked(self) -> bool:
        """Whether the step gave anything."""
        return not isinstance(self.seen.run.answers[self.seen.step], Problem)

    @property
    def value(self) -> Any:
        """What was returned: a tensor, array, number, text, ..., or a list, tuple, set or dict of them."""
        with in_the_words_of_a_check():
            return plain(self.seen.value())

    def tensor(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """The returned tensor or array, of this shape and with finite numbers, as a tensor of this type."""
        with in_the_words_of_a_check():
            return tensor_of(self.seen, shape).to(dtype)

    def number(self) -> float:
        """The one number that was returned, in whatever type; it may be infinite or not a number."""
        with in_the_words_of_a_check():
            return number_of(self.seen)

    @property
    def printed(self) -> str:
        """What the call printed, up to its first 100,000 characters."""
        with in_the_words_of_a_check():
            return self.seen.of(Returned).printed

    @property
    def changed(self) -> tuple[str, ...]:
        """The arguments that are not what they were before the call."""
        with in_the_words_of_a_check():
            return self.seen.of(Returned).changed

    @property
    def tensors(self) -> Mapping[str, Tensor | None]:
        """The state of a module, or the gradients that lie in it, by name."""
        with in_the_words_of_a_check():
            return self.seen.of(Held).tensors

    @property
    def gradients(self) -> Mapping[str, Mapping[str, Tensor | None]]:
        """Gradients at the parts that were asked for: by name of the part, and of the tensor in it."""
        with in_the_words_of_a_check():
            return self.seen.of(Reached).parts

    @property
    def groups(self) -> Groups:
        """The groups of an optimizer."""
        with in_the_words_of_a_check():
            return self.seen.of(Groups)

    @property
    def figures(self) -> Figures:
        """The figures that were drawn: `result.figures.figures[0][0]` is the first axes, with its `lines` and names."""
        with in_the_words_of_a_check():
            return self.seen.of(Figures)

    def fill(self, net: Net, drawn: int | None = None, hint: str = "", mistake: str = "wrong-layers") -> Net:
        """Give `net` the weights of the student's module, in their order, whatever their names are.

        Args:
            net: a module of the same layers.
            drawn: of a result of `ask.module`: the seed that its weights were drawn with; else this is a state.
            hint: what to try where the layers are others.
            mistake: its name.
        """
        with in_the_words_of_a_check():
            if drawn is not None:
                found: Mapping[str, Tensor | None] = draw_weights(self.seen.of(Built).shapes, drawn)
            else:
                found = self.seen.of(Held).tensors
            own = dict(net.named_parameters())
            got = [tensor for tensor in list(found.values())[: len(own)] if tensor is not None]
            wanted = [tuple(parameter.shape) for parameter in own.values()]
            fits = len(found) >= len(own) and [tuple(tensor.shape) for tensor in got] == wanted
            if not fits or (drawn is not None and len(found) != len(own)) or any(t.is_complex() for t in got):
                shown = ", ".join(
                    str(tuple(tensor.shape)) for tensor in list(found.values())[:12] if tensor is not None
                )
                told = f"The weights of `{self.seen.run.label(self.seen.step)}` have the shapes {shown}"
                raise Complaint(f"{told}, expected {', '.join(map(str, wanted))}.", hint, mistake)
            if not all(
                bool((tensor.double().abs() <= LARGEST_WEIGHT).all()) for tensor in got
            ):  # neither is what is no number
                told = f"The weights of `{self.seen.run.label(self.seen.step)}` are not finite, or beyond all measure."
                raise Complaint(told, "Training diverged: are its steps too large, or uphill?", "training-diverges")
        with torch.no_grad():
            for parameter, tensor in zip(own.values(), got, strict=True):
                parameter.copy_(tensor)
        return net
