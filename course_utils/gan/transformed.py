"""What tensors hold inside the transformations of `torch.func`, such as `vmap` and `grad`, which wrap them.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this lets the recorder see what a
solution does there: which values a module is called on, and which gradients arrive at what it returns. torch has no
public names for that.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch._C import _functorch as inner
from torch._functorch.pyfunctorch import temporarily_clear_interpreter_stack


def is_inside() -> bool:
    """Whether the code that runs now is inside a transformation."""
    return inner.peek_interpreter_stack() is not None


def levels_of_gradients() -> int:
    """How many transformations that compute gradients the code is inside of."""
    gradients = (inner.TransformType.Grad, inner.TransformType.Jvp)
    return sum(level.key() in gradients for level in inner.get_interpreter_stack() or ())


@contextmanager
def outside() -> Iterator[None]:
    """Compute with plain tensors, whatever transformation the code is inside of."""
    if not is_inside():
        yield
        return
    with temporarily_clear_interpreter_stack():
        yield


def plain(tensor: Tensor, dimensions: tuple[int, ...] = ()) -> Tensor:
    """The values of a tensor, those that `vmap` takes at once behind each other in the first dimension.

    Args:
        tensor: wrapped or not.
        dimensions: those of `vmap` that it has beside its own (`of_graph`).
    """
    values, leading = _unwrapped(tensor)
    for number, dimension in enumerate(dimensions, leading):
        values = values.movedim(number + dimension, 0)
    return values


def _unwrapped(tensor: Tensor) -> tuple[Tensor, int]:
    """The values, and in how many leading dimensions `vmap` has them."""
    if not inner.is_functorch_wrapped_tensor(tensor):
        return tensor, 0
    values, leading = _unwrapped(inner.get_unwrapped(tensor))
    if inner.is_batchedtensor(tensor):
        return values.movedim(leading + inner.maybe_get_bdim(tensor), 0), leading + 1
    return values, leading


def is_one(tensor: Tensor) -> bool:
    """Whether there is one tensor, and not one for each of what `vmap` takes at once."""
    return _unwrapped(tensor)[1] == 0


def of_graph(tensor: Tensor) -> tuple[Tensor, tuple[int, ...]]:
    """The tensor that autograd knows, which `vmap` wraps, for hooks; and the dimensions of `vmap` that it has."""
    dimensions: tuple[int, ...] = ()
    while inner.is_batchedtensor(tensor):
        dimensions = (inner.maybe_get_bdim(tensor), *dimensions)
        tensor = inner.get_unwrapped(tensor)
    return tensor, dimensions


def is_followed(tensor: Tensor) -> bool:
    """Whether gradients with respect to the tensor are computed: inside `grad`, those of its arguments alone are."""
    known, _ = of_graph(tensor)
    return known.requires_grad and (levels_of_gradients() == 0 or inner.is_gradtrackingtensor(known))


def has_values(value: object) -> bool:
    """Whether a value is a tensor with data, and so not on the meta device."""
    return isinstance(value, Tensor) and not value.is_meta and not torch._is_functional_tensor(value)
