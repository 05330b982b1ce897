"""What the visible checks of the class labs have in common: they run a function, and say in words what they saw.

This is course material for labs, where nothing is graded. A check looks at type, shape and value in this order and
stops at the first that is not as expected; where the value is that of a well-known slip, it names the slip.
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

GOOD, BAD, NOTE = "✓", "✗", "·"


class Surprise(Exception):
    """Something is not as expected; the message says what was seen, got, expected, and what to try."""


def report(name: str, look: Callable[[], str]) -> None:
    """Print what `look` finds out about the student's function `name`; nothing is raised, whatever happens.

    Args:
        look: runs the function and returns a sentence on what is right, or raises `Surprise`.
    """
    try:
        print(f"{GOOD} {look()}")
    except Surprise as surprise:
        print(f"{BAD} {surprise}")
    except NotImplementedError:
        print(f"{NOTE} {name} is not written yet. Replace the line that raises NotImplementedError.")
    except Exception as error:
        text = str(error).strip() or "no further message"
        print(
            f"{BAD} {name} stopped with {type(error).__name__}: {text}\n"
            "  Try it in a cell of its own with small tensors, and print their shapes line by line."
        )


def expect_tensor(name: str, got: object, shape: Sequence[int], hint: str) -> Tensor:
    """`got` as a tensor of this shape that holds numbers only.

    Raises:
        Surprise: it is something else.
    """
    if got is None:
        raise Surprise(f"{name} returned None, expected a tensor. Is the return statement missing?")
    if not isinstance(got, Tensor):
        raise Surprise(f"{name} returned {type(got).__name__}, expected a tensor of shape {tuple(shape)}. {hint}")
    if tuple(got.shape) != tuple(shape):
        raise Surprise(f"{name} does not have the right shape: got {tuple(got.shape)}, expected {tuple(shape)}. {hint}")
    if not torch.isfinite(got).all():
        raise Surprise(f"{name} holds values that are infinite or not a number, expected finite ones. {hint}")
    return got


def expect_close(
    name: str,
    got: Tensor,
    expected: Tensor,
    slips: Mapping[str, Tensor],
    hint: str,
    tolerance: float = 1e-4,
) -> None:
    """Compare values; a value that belongs to a well-known slip is answered by the slip's sentence.

    Args:
        got, expected: tensors of the same shape.
        slips: for each sentence (what it looks like, and what to try) the value that this slip would give.
        tolerance: how far values may differ, relative to the largest expected one.

    Raises:
        Surprise: `got` is not `expected`.
    """
    scale = max(expected.abs().max().item(), 1e-3)
    if _close(got, expected, tolerance * scale):
        return
    for sentence, value in slips.items():
        if value.shape == got.shape and _close(got, value, tolerance * max(scale, value.abs().max().item())):
            hint = sentence
            break
    place = _farthest(got, expected)
    where = f" at {list(place)}" if place else ""
    raise Surprise(
        f"{name} does not have the right value{where}: got {got[place].item():.4f}, "
        f"expected {expected[place].item():.4f}. {hint}"
    )


def expect_gradient(name: str, value: Tensor, parts: Mapping[str, Sequence[Tensor] | nn.Module], hint: str) -> None:
    """Demand that the gradient of the sum of `value` reaches every part: a module, or some tensors.

    Raises:
        Surprise: it does not reach one of them.
    """
    if not value.requires_grad:
        raise Surprise(f"{name} is cut from its graph: no gradient can flow back, expected one. {hint}")
    for part, held in parts.items():
        tensors = list(held.parameters()) if isinstance(held, nn.Module) else list(held)
        gradients = torch.autograd.grad(value.sum(), tensors, retain_graph=True, allow_unused=True)
        if not any(gradient is not None and gradient.abs().sum() > 0 for gradient in gradients):
            raise Surprise(f"The gradient of {name} does not reach {part}, expected that it does. {hint}")


def _close(got: Tensor, expected: Tensor, distance: float) -> bool:
    return (got.detach().double() - expected.double()).abs().max().item() <= distance


def _farthest(got: Tensor, expected: Tensor) -> tuple[int, ...]:
    """The place where two tensors of one shape differ most; () for scalars."""
    if got.ndim == 0:
        return ()
    flat = (got.detach().double() - expected.double()).abs().argmax()
    return tuple(int(index) for index in torch.unravel_index(flat, got.shape))
