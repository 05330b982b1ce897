"""Hidden units that are 0 but for rounding: on which side of ReLU's branch they fell.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* the recorder notes them beside
the call of a module, and who recomputes the gradients of that call takes the side from there: rounding decides it, and
may decide otherwise the second time. With 65,000 hidden units it does so once in some hundred submissions.
"""

import torch
from torch import Tensor

NEAR = 1e-5  # of the largest value of the layer; float32 leaves 1e-6
MOST = 4096  # units of one layer that are noted; more are near 0 only where a layer computes nothing


def sides_of(layer: int, values: Tensor) -> Tensor:
    """The units near 0 of a linear layer's output `(..., width)`, int64 `(units, 4)`.

    Each row holds the number of the layer, the row and the column of the unit, and 1 if it is above 0.
    """
    values = values.reshape(-1, values.shape[-1])
    size = values.detach().abs()
    if not size.numel() or not bool(size.min() <= NEAR * size.max()):  # mostly there are none
        return torch.zeros(0, 4, dtype=torch.int64)
    near = (size <= NEAR * size.max()).nonzero()[:MOST]
    on = values[near[:, 0], near[:, 1]] > 0
    return torch.cat([torch.full_like(near[:, :1], layer), near, on[:, None].long()], dim=1)


def through_relu(values: Tensor, sides: Tensor) -> Tensor:
    """ReLU of `values` `(rows, width)`, on the sides that were noted for its layer, `(units, 4)`, of units near 0."""
    on, size = values > 0, values.detach().abs()
    _, row, unit, side = sides.T
    near = size[row, unit] <= NEAR * size.max()
    on[row[near], unit[near]] = side[near] > 0
    return values * on
