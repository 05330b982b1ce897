"""What a gradient at D's logits says about the loss behind it: form, label and direction.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this reads single gradients.
Binary cross-entropy with label y and weight w has the gradient w (p - y) with respect to the logit, where p is D's
score; so w and y follow from a straight-line fit over the rows. The saturating generator loss log(1 - p)
(Goodfellow et al. 2014, equation 1) gives -w p: the same line with y = 0 and a negative weight.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

FIT = 1e-3  # relative residual of an exact fit; right solutions stay below 4e-8 in float64, 1e-5 in float32
NOISY_FIT = 0.45  # relative residual with noisy labels; a loss that is not cross-entropy leaves more
MIN_ROWS_FOR_CURVE = 12
CURVE_FIT = 0.05  # least squares on scores leaves 0.01 from a cubic; labels drawn from 0.8 to 1 leave 0.1
CURVE_GAIN = 1 / 3  # and a cubic leaves that much of what a line leaves; of rounding or noise it leaves nearly all
MIN_ROWS = 4  # fewer rows fix a line, but cannot contradict it
NOISY_LABELS = {"down": (-0.2, 0.3), "up": (0.7, 1.2)}  # the usual ones are from 0 to 0.3 and from 0.7 to 1.2
LABEL_SLACK = 0.3  # labels are smoothed at most this far from 0 and 1, else they are called mixed
FLIPPED = 0.35  # at most this share of rows may carry a flipped label
MOST_TRIED = 64  # rows through pairs of which a line is tried; the work grows with their square


@dataclass(frozen=True)
class Reading:
    """What drives D's scores on some rows.

    `direction` is `"up"` (towards real), `"down"` (towards fake), `"mixed"` (both at once) or `"none"`. `form` is
    `"bce"`, `"saturating"`, `"double sigmoid"`, `"other"` or, where too few rows tell, `"unknown"`. `weight` is w
    times the number of rows: the weight of the loss if it averages over these rows. `label` is y.
    """

    direction: str
    form: str
    weight: float
    label: float


def read_scores(logits: Tensor, gradient: Tensor) -> Reading:
    """Read the gradient `(rows,)` that arrived at `logits` `(rows,)`."""
    if not bool(gradient.abs().max() > 0):
        return Reading("none", "unknown", 0.0, 0.0)
    p, rows = logits.sigmoid(), len(logits)
    majority = "up" if float(gradient.sum()) < 0 else "down"
    if rows < MIN_ROWS or float(p.std()) < 1e-3:
        return Reading(majority, "unknown", 0.0, 0.0)
    w, y, residual = _line(p, gradient)
    if residual < FIT:
        return _reading(w * rows, y) if -0.5 < y < 1.5 else Reading(majority, "other", 0.0, 0.0)
    if _double_sigmoid(p, gradient):
        return Reading(majority, "double sigmoid", 0.0, 0.0)
    flipped = _line_with_flipped_labels(p, gradient)
    if flipped is not None:
        return _reading(flipped[0] * rows, flipped[1])
    if _is_curve(p, gradient, residual):
        return Reading(majority, "other", 0.0, 0.0)
    noisy = _line_with_noisy_labels(p, gradient, majority)
    if noisy is not None and residual > CURVE_FIT:  # below it the line is exact but for rounding
        return _reading(noisy[0] * rows, noisy[1])
    if residual < NOISY_FIT and w > 0 and -0.25 < y < 1.25:
        return _reading(w * rows, y)
    return Reading(majority, "other", 0.0, 0.0)


def _reading(weight: float, label: float) -> Reading:
    if weight > 0:
        if LABEL_SLACK < label < 1 - LABEL_SLACK:
            return Reading("mixed", "bce", weight, label)
        return Reading("up" if label > 0.5 else "down", "bce", weight, label)
    return Reading("down" if label > 0.5 else "up", "saturating", weight, label)


def _line(p: Tensor, gradient: Tensor) -> tuple[float, float, float]:
    """Fit gradient = w (p - y): w, y and the residual relative to the gradient."""
    design = torch.stack([p, torch.ones_like(p)], dim=1)  # (rows, 2)
    w, minus_wy = torch.linalg.lstsq(design, gradient[:, None]).solution[:, 0]
    residual = (design @ torch.stack([w, minus_wy]) - gradient).norm() / gradient.norm()
    return float(w), float(-minus_wy / w) if float(w) != 0 else float("inf"), float(residual)


def _line_with_noisy_labels(p: Tensor, gradient: Tensor, direction: str) -> tuple[float, float] | None:
    """A weight w for which all labels p - gradient / w are noisy ones of this direction, and their mean.

    Where scores are alike, a line has little to explain, so that its fit says less than the labels do.
    """
    if bool((gradient == 0).any()):
        return None
    lowest, highest = NOISY_LABELS[direction]
    ends = torch.stack([(p - highest) / gradient, (p - lowest) / gradient])  # of 1 / w, (2, rows)
    least, most = float(ends.min(dim=0).values.max()), float(ends.max(dim=0).values.min())
    if most <= 0 or least > most:
        return None
    w = 2 / (most + max(least, 0.0))
    return w, float((p - gradient / w).mean())


def _is_curve(p: Tensor, gradient: Tensor, residual: float) -> bool:
    """Whether the gradient is a smooth function of the score, but no line: then it is no noise that spoils the fit.

    `residual` is what the best line leaves, relative to the gradient.
    """
    if len(p) < MIN_ROWS_FOR_CURVE:
        return False
    design = torch.stack([p**power for power in range(4)], dim=1)  # (rows, 4)
    solution = torch.linalg.lstsq(design, gradient[:, None]).solution
    of_cubic = float((design @ solution - gradient[:, None]).norm() / gradient.norm())
    return of_cubic < min(CURVE_FIT, CURVE_GAIN * residual)


def _double_sigmoid(p: Tensor, gradient: Tensor) -> bool:
    """A sigmoid on top of D's own: the gradient is w (sigmoid(p) - y) p (1 - p)."""
    slope = p * (1 - p)
    design = torch.stack([p.sigmoid() * slope, slope], dim=1)  # (rows, 2)
    w, minus_wy = torch.linalg.lstsq(design, gradient[:, None]).solution[:, 0]
    residual = (design @ torch.stack([w, minus_wy]) - gradient).norm() / gradient.norm()
    return bool(residual < FIT and w > 0 and -0.1 < -minus_wy / w < 1.1)


def _line_with_flipped_labels(p: Tensor, gradient: Tensor) -> tuple[float, float] | None:
    """Fit most rows exactly, where the others carry another label with the same weight."""
    best: tuple[int, float, float] = (0, 0.0, 0.0)
    tried = range(0, len(p), -(-len(p) // MOST_TRIED))  # two rows with the usual label are among so many, by far
    for i in tried:
        for j in range(0, i, tried.step):
            rise = float(p[i] - p[j])
            w = float(gradient[i] - gradient[j]) / rise if abs(rise) > 1e-3 else 0.0
            if w == 0.0:
                continue
            labels = p - gradient / w
            y = float(labels[i])
            inliers = int(((labels - y).abs() < FIT).sum())
            if inliers > best[0]:
                others = labels[(labels - y).abs() >= FIT]
                if bool(((others > -0.5) & (others < 1.5)).all()):
                    best = (inliers, w, y)
    inliers, w, y = best
    return (w, y) if inliers >= max(MIN_ROWS, (1 - FLIPPED) * len(p)) else None
