"""What a gradient at G's output says about the reconstruction error behind it: form, weight and target of every image.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this reads the experiments in
which D is mute, so that what arrives at G is the reconstruction alone. The squared error of a pixel p = sigmoid(output)
and its target t has the gradient C (p - t) p (1 - p) with respect to the output. Where the same step was taken with
other images of G, each pixel gives two points: C and t can be read, and C is the same for all pixels of an image if and
only if the loss is a squared error.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.gan.attribution.evidence import Arrival
from course_utils.gan.attribution.origins import Row

FIT = 1e-3  # relative; right solutions leave 1e-6
NOTHING = 1e-6  # a gradient smaller than this share of what arrives where D is not mute is rounding
READABLE = 0.05  # p (1 - p) of pixels that are read
EVEN = 0.02  # relative spread of C over the pixels of an image, for a squared error
SILENT = 1e-6  # a C below this share of the largest one is that of a pixel that does not count


@dataclass(frozen=True, eq=False)
class ErrorReading:
    """What draws images of G.

    `form` is `"squared error"` (against the image behind the code), `"other target"`, `"altered code"` where the
    images are made of codes that were changed beyond recognition, or, for no squared error,
    `"absolute error"`, `"cross-entropy"`, `"second sigmoid"` or `"other"`; `"none"` where nothing draws them. For the
    squared error, `weights` `(rows,)` are those of the mean over all pixels of this call, `targets` `(rows,)` which
    image of the batch each row is drawn to, and `changed` by which factor the weight changes where G's images move.
    """

    form: str
    weights: Tensor
    targets: Tensor
    changed: float = 1.0

    @property
    def weight(self) -> float:
        """Of the mean over all pixels of the images that are drawn."""
        return float(self.weights.mean())


def slope(outputs: Tensor, targets: Tensor) -> Tensor:
    """The gradient of mean((sigmoid(outputs) - targets)^2) with respect to the outputs."""
    p = outputs.sigmoid()
    return 2 * (p - targets) * p * (1 - p) / p.numel()


def read_error(points: Sequence[Arrival], rows: Sequence[Row], batch: Tensor, whole: float) -> ErrorReading:
    """Read what arrived at the same call of G in two runs, between which G's images moved.

    Args:
        points: the two arrivals.
        rows: what the rows of the call are.
        batch: the real images, (batch, input_size).
        whole: norm of what arrives at the call where D is not mute.
    """
    first, second = points
    nothing = torch.zeros(len(first.gradient), dtype=torch.float64)
    if float(first.gradient.norm()) <= NOTHING * whole:
        return ErrorReading("none", nothing, nothing.long())
    drawn = first.gradient.norm(dim=1) > NOTHING * float(first.gradient.norm())
    targets = torch.tensor([row.index for row in rows])
    if bool((targets[drawn] >= 0).all()):
        fits = [_weights(point, batch[targets.clamp(min=0)], drawn) for point in points]
        if all(residual <= FIT for _, residual in fits):
            weights = [torch.where(drawn, fit, 0.0) for fit, _ in fits]
            return ErrorReading("squared error", weights[0], targets, float(weights[1].sum() / weights[0].sum()))
        for name, shape in _OTHER_FORMS.items():
            if _is_multiple(first.gradient[drawn], shape(first.call.outputs[drawn], batch[targets[drawn]])):
                return ErrorReading(name, nothing, targets)
    if not _is_squared(first, second, drawn) or _is_drawn_to(first, second, drawn, batch, targets):
        return ErrorReading("other", nothing, targets)
    own = [row for row, is_drawn in zip(rows, drawn, strict=True) if is_drawn]
    altered = all(row.is_altered_code and row.index < 0 for row in own)
    return ErrorReading("altered code" if altered else "other target", nothing, targets)


def _weights(point: Arrival, targets: Tensor, drawn: Tensor) -> tuple[Tensor, float]:
    """The weight of each row's squared error, and what it leaves of the gradient, relative to it."""
    shape = slope(point.call.outputs, targets)
    weights = (shape * point.gradient).sum(1) / shape.square().sum(1).clamp(min=1e-300)
    left = (point.gradient - weights[:, None] * shape)[drawn].norm() / point.gradient[drawn].norm()
    return weights, float(left)


def _pixels(first: Arrival, second: Arrival, drawn: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """C and t of each pixel of the rows that are drawn, and where they can be read; `(rows, pixels)` each."""
    p, q = first.call.outputs[drawn].sigmoid(), second.call.outputs[drawn].sigmoid()
    readable = (p * (1 - p) > READABLE) & (q * (1 - q) > READABLE)
    before, after = first.gradient[drawn] / (p * (1 - p)), second.gradient[drawn] / (q * (1 - q))
    weights = (after - before) / (q - p)
    return weights, p - before / weights, readable


def _is_squared(first: Arrival, second: Arrival, drawn: Tensor) -> bool:
    """Whether the gradient of each pixel changes with the pixel as a squared error's does, whatever its target is."""
    weights, _, readable = _pixels(first, second, drawn)
    for row, chosen in zip(weights, readable, strict=True):
        read = row[chosen]
        if len(read) < 2 or bool((read.abs() <= SILENT * read.abs().max()).any()):
            return False
        if float((read - read.median()).abs().median()) > EVEN * float(read.median().abs()):
            return False
    return True


def _is_drawn_to(first: Arrival, second: Arrival, drawn: Tensor, batch: Tensor, targets: Tensor) -> bool:
    """Whether each pixel is drawn to that of its image, though some more than others."""
    if bool((targets[drawn] < 0).any()):
        return False
    _, read, readable = _pixels(first, second, drawn)
    return float((read - batch[targets[drawn]])[readable].abs().quantile(0.9)) < EVEN


def _is_multiple(total: Tensor, vector: Tensor) -> bool:
    factor = float((total * vector).sum() / vector.square().sum().clamp(min=1e-300))
    return float((total - factor * vector).norm()) <= FIT * float(total.norm())


def _absolute(outputs: Tensor, targets: Tensor) -> Tensor:
    p = outputs.sigmoid()
    return (p - targets).sign() * p * (1 - p)


def _cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    return outputs.sigmoid() - targets


def _second_sigmoid(outputs: Tensor, targets: Tensor) -> Tensor:
    p, again = outputs.sigmoid(), outputs.sigmoid().sigmoid()
    return (again - targets) * again * (1 - again) * p * (1 - p)


_OTHER_FORMS = {"absolute error": _absolute, "cross-entropy": _cross_entropy, "second sigmoid": _second_sigmoid}
