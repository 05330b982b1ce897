"""Weights that both sides can draw: where a model is made, and where it is judged.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this lets a check compute what a
model of the student's gives, without a weight ever leaving the sandbox.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

BIAS_SCALE = 0.5


def draw_weights(shapes: Mapping[str, Sequence[int]], seed: int) -> dict[str, Tensor]:
    """Weights of these shapes, in their order: normal, and such that no layer makes its input much larger or smaller.

    Args:
        shapes: of each parameter, by name.
        seed: of the random numbers.
    """
    random = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in shapes.items():
        inputs = max(1, torch.Size(shape[1:]).numel())
        scale = inputs**-0.5 if len(shape) > 1 else BIAS_SCALE
        weights[name] = torch.randn([*shape], generator=random) * scale
    return weights


def fill_with_drawn(module: nn.Module, seed: int) -> None:
    """Give a module the weights that `draw_weights` draws for the shapes of its parameters."""
    named = dict(module.named_parameters())
    drawn = draw_weights({name: tuple(parameter.shape) for name, parameter in named.items()}, seed)
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(drawn[name])
