"""Hooks that turn the gradient of one loss of scores into that of another on its way from D to G.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this is a part of the
attribution. With p = D(G(z)), the gradient of -log(1 - p) is that of -log p times -p / (1 - p) (Goodfellow et al.
2014, section 3), which is another number for each image: so one backward pass can teach D and G.
"""

from torch import Tensor

FIT = 1e-3  # relative residual below which a gradient counts as explained
BELOW = 0.99  # of the largest: what is less was not cut off


def turned_by_hook(rest: Tensor, gradient: Tensor, logits: Tensor) -> Tensor | None:
    """The factors `(rows, 1)` between both gradients `(rows, output width)`, if they are p / (1 - p) or the inverse,
    times a number and perhaps cut off; `logits` `(rows,)` are those of p. None if they are not."""
    factors = (rest * gradient).sum(1) / gradient.square().sum(1).clamp(min=1e-300)
    allowed = FIT * float(rest.norm())
    if float((rest - factors[:, None] * gradient).norm()) > allowed:
        return None
    limit = factors.abs().max()
    below = factors.abs() < BELOW * limit
    if not bool(below.any()):
        return None
    for ratio in (logits.exp(), (-logits).exp()):
        wanted = float((factors[below] / ratio[below]).median()) * ratio
        left = (factors - wanted.clamp(-limit, limit))[:, None] * gradient
        if float(left.norm()) <= allowed:
            return factors[:, None]
    return None
