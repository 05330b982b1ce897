"""What a gradient at D's logits says about the loss behind it: form, weight and label of every image.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this reads the experiments.
Binary cross-entropy with label y and weight w has the gradient w (p - y) with respect to the logit, where p is D's
score. Where the same step was taken with other scores, each image gives several points of this line: two of them fix w
and y, the others say whether it is a line at all. The saturating generator loss log(1 - p) (Goodfellow et al. 2014,
equation 1) gives -w p: a line with y = 0 and a negative weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course_utils.gan.attribution.least_squares import least_squares

# What a line leaves of the changes of the gradient: right ones stay below 1e-4 (float32); least squares leave 1e-2.
FIT = 2e-3
MIN_ROWS = 4  # on so many images of one run the line can be seen, too, if all have the same label
SPREAD = 3e-4  # scores that differ by less tell nothing
REAL_LABELS = (0.7, 1.2)  # one-sided smoothing and noise, as they are used; D's labels of real images
FAKE_LABELS = (-0.2, 0.3)
SLACK = 5e-3  # of a label that is read
FARTHEST = 3.0  # a label that far from the score is none: the gradient does not depend on the score
COUNTS = 0.02  # the least share of the cross-entropy in what is one with a penalty
FLIPPED = 0.35  # at most this share of the images may carry a flipped label


@dataclass(frozen=True, eq=False)
class Reading:
    """What drives D's scores on some images.

    `direction` is `"up"` (towards real), `"down"` (towards fake), `"mixed"` (neither, or both at once), or `"none"`.
    `form` is `"bce"`, `"saturating"`, `"double sigmoid"`, `"penalized"` for a cross-entropy with a penalty on scores
    that are too sure, `"penalty"` for such a penalty alone, `"other"`, `"few"` for no line on so few images that it
    cannot be told what it is instead, or `"unread"` where scores did not move.
    `weights` and `labels` hold w and y of each image, `(rows,)`, of a cross-entropy; without one they are empty. Its
    weight is `steady` unless it depends on the scores, as that of a root or a logarithm of it does. The direction is
    not `sure` where the score is 0 or 1 and its gradient points inwards: then any label between them may be the one.
    """

    direction: str
    form: str
    weights: Tensor
    labels: Tensor
    steady: bool = True
    sure: bool = True

    @property
    def weight(self) -> float:
        """The weight of the loss if it averages over these images."""
        return float(self.weights.sum())

    @property
    def label(self) -> float:
        """The label that half of the images are not above."""
        return float(self.labels.nanmedian()) if len(self.labels) else float("nan")


NOTHING = torch.zeros(0, dtype=torch.float64)


def read_scores(logits: Sequence[Tensor], gradients: Sequence[Tensor], weight: float = 0.0) -> Reading:
    """Read the gradients `(rows,)` that arrived at the logits `(rows,)` of some images, in several runs of a step.

    Scores that do not move are read with the weight of the other terms of the loss, if it is given.
    """
    stacked, g = torch.stack(list(logits)), torch.stack(list(gradients))  # (runs, rows)
    p = stacked.sigmoid()
    majority = "up" if float(g[0].sum()) < 0 else "down"
    if not bool(g.abs().max() > 0):
        return Reading("none", "unread", NOTHING, NOTHING)
    counts = _counts(g)
    readable = ((p - _mean(p, counts)) * counts).abs().amax(0) >= SPREAD
    if not bool(g[:, readable].any()):
        return _read_at_the_edge(p[0], g[0], majority, weight / len(p[0]))
    w, y, residual = _line(p[:, readable], g[:, readable])
    if residual > FIT:
        if _is_double_sigmoid(p[:, readable], g[:, readable]):
            return Reading(majority, "double sigmoid", NOTHING, NOTHING)
        alike = _line_of_each_run(p, g)
        if alike is None:
            form = _penalty(stacked[:, readable], g[:, readable]) or "other"
            return Reading(majority, form if len(g[0]) >= MIN_ROWS else "few", NOTHING, NOTHING)
        return replace(_reading(*alike), steady=False)
    if bool((g[0, readable].abs() > FARTHEST * w.abs()).any()):
        return Reading(majority, "other", NOTHING, NOTHING)
    # Of images whose scores are too sure to move, the weight is that of the others.
    weights = torch.full_like(p[0], float(w.median()))
    weights[readable] = w
    labels = p[0] - g[0] / weights
    labels[readable] = y
    return _in_spite_of(~readable & (g == 0).all(0), _reading(weights, labels))


def _read_at_the_edge(p: Tensor, g: Tensor, majority: str, weight: float) -> Reading:
    """Scores of 0 or 1: what a smoothed label leaves there points inwards, as the opposite label does, only less."""
    if weight > 0:
        read = _reading(torch.full_like(p, weight), p - g / weight)
        if read.direction != "mixed":
            return Reading(read.direction, "unread", NOTHING, NOTHING)
    inwards = (g != 0) & ((g < 0) == (p < 0.5))
    return Reading(majority, "unread", NOTHING, NOTHING, sure=not bool(inwards.any()))


def _in_spite_of(silent: Tensor, read: Reading) -> Reading:
    """Images with a score of 0 or 1 and no gradient at all have that score as their label, or a loss that is flat
    there, as one is that keeps scores away from 0 and 1: where the others say something else, nobody is blamed."""
    if not bool(silent.any()):
        return read
    others = _reading(read.weights, torch.where(silent, torch.nan, read.labels))
    return read if others.direction == read.direction else replace(others, sure=False)


def _reading(weights: Tensor, labels: Tensor) -> Reading:
    """What weights and labels say; images with a weight of 0, or a label that is no number, have no say in it."""
    used = (weights.abs() > SLACK * weights.abs().max()) & ~labels.isnan()
    labels = torch.where(used, labels, torch.nan)
    turned = float(weights.sum()) < 0
    form = "saturating" if turned else "bce"
    shares = {}
    for direction, (low, high) in {"up": REAL_LABELS, "down": FAKE_LABELS}.items():
        inside = (labels[used] >= low - SLACK) & (labels[used] <= high + SLACK)
        shares[direction] = float(inside.double().mean())
    direction = max(shares, key=lambda name: shares[name])
    if shares[direction] < 1 - FLIPPED:
        return Reading("mixed", form, weights, labels)
    if turned:
        direction = {"up": "down", "down": "up"}[direction]
    return Reading(direction, form, weights, labels)


def _line(p: Tensor, g: Tensor, slope: Tensor | float = 1.0) -> tuple[Tensor, Tensor, float]:
    """Fit g / slope = w (p - y) over the runs, for each image: w, y and what is left, relative to the changes of g."""
    counts = _counts(g)
    g = g / slope
    mean_p, mean_g = _mean(p, counts), _mean(g, counts)
    dp, dg = (p - mean_p) * counts, (g - mean_g) * counts
    w = (dp * dg).sum(0) / dp.square().sum(0)
    y = mean_p - mean_g / w
    left = (slope * (dg - w * dp)).norm() / torch.maximum((slope * dg).norm(), SPREAD * (slope * g).norm())
    return w, y, float(left)


def _counts(g: Tensor) -> Tensor:
    """1 where a run counts for an image, else 0: a step may choose its images in the light of their scores, so runs in
    which one has no gradient do not count for it, unless it has none in any."""
    return ((g != 0) | (g == 0).all(0)).double()


def _mean(values: Tensor, counts: Tensor) -> Tensor:
    """Of each image, over the runs that count."""
    return (values * counts).sum(0) / counts.sum(0)


def _line_of_each_run(p: Tensor, g: Tensor) -> tuple[Tensor, Tensor] | None:
    """w and y where all images have the same label, and a weight that the step chooses in the light of what it sees."""
    if p.shape[1] < MIN_ROWS or float(p.std(1).min()) < SPREAD:
        return None
    w, y, residual = _line(p.T, g.T)  # of each run, over the images
    if residual > FIT or float(y.std()) > SLACK:
        return None
    return w[0].expand(p.shape[1]), y[0].expand(p.shape[1])


def _is_double_sigmoid(p: Tensor, g: Tensor) -> bool:
    """A sigmoid on top of D's own: the gradient is w (sigmoid(p) - y) p (1 - p), and not w (p - y) p (1 - p)."""
    slope = (p * (1 - p)).clamp(min=1e-12)
    w, y, residual = _line(p.sigmoid(), g, slope)
    *_, of_squares = _line(p, g, slope)
    return residual < min(FIT, of_squares / 3) and bool(((w > 0) & (y > -0.1) & (y < 1.1)).all())


def _penalty(logits: Tensor, g: Tensor) -> str:
    """Whether a penalty stands beside a cross-entropy (`"penalized"`) or alone (`"penalty"`), or is not there (`""`).

    It is a square of the logits (Karras et al. 2018, appendix A.1), or the entropy of the scores (Pereyra et al. 2017),
    which has the gradient p (1 - p) times the logit; all have weights of their own.
    """
    p, counts = logits.sigmoid(), _counts(g)
    basis = [values - _mean(values, counts) for values in (p, logits, p * (1 - p) * logits)]
    design = torch.stack([(values * counts).flatten() for values in basis], dim=1)  # (runs * rows, 3)
    changes = ((g - _mean(g, counts)) * counts).flatten()
    factors = least_squares(design, changes)
    of_entropy = float(factors[0] * design[:, 0].norm() / changes.norm())
    fits = float((design @ factors - changes).norm()) <= FIT * float(changes.norm())
    if not fits or of_entropy < -COUNTS:
        return ""
    return "penalized" if of_entropy > COUNTS else "penalty"
