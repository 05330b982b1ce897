"""Softmax, cross-entropy and the backward pass of two layers, all of them in NumPy."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from autograder.plans import Ask, Result, expect, fail, plan, slip

Arrays = dict[str, NDArray[Any]]

OVER_IMAGES = slip("wrong-axis", "This is normalized over the mini-batch. Each row must sum to 1: sum over axis 1.")
OVER_ALL = slip("wrong-axis", "This is normalized over all numbers at once. Each row must sum to 1.")
NO_EXPONENTIAL = slip("exponential-forgotten", "This divides the logits by their sum. Take exp first.")
MINUS = slip("wrong-sign", "The sign is wrong: a cross-entropy is never negative.", earned=0.5)
MISSING_MEAN = slip("mean-missing", "This is the sum over the mini-batch: divide by n.", earned=0.5)
MEAN_OF_ALL = slip("mean-over-classes", "This is divided by the number of classes, too: divide by n only.", earned=0.5)
NO_LOGARITHM = slip("logarithm-forgotten", "This is the mean of -p. Take the logarithm of p.")
LOG_2 = slip("other-logarithm", "This is in bits: use the natural logarithm, np.log.", earned=0.5)
SOFTMAX_TWICE = slip("softmax-twice", "Here softmax is taken of numbers that are probabilities already.")
ALL_PAIRS = slip("labels-pick-columns", "p[:, labels] picks all columns for each row. Use p[np.arange(n), labels].")
ONE_HOT_REVERSED = slip("one-hot-reversed", "The columns of the one-hot vectors are in the wrong order.")
ONE_HOT_BY_ROWS = slip("one-hot-mixed-up", "The one-hot vectors are filled along the wrong dimension.")
BINARY = slip("binary-cross-entropy", "This adds log(1 - p) of the other classes: that is the binary cross-entropy.")
CLIPPED = slip("clipped", "The loss stops growing, since p is clipped. Compute log p without p.", earned=0.5)
NOT_DIVIDED = slip("mean-missing", "This is the gradient of the sum over the mini-batch: divide by n.", earned=0.5)
TWICE_DIVIDED = slip("divided-twice", "This is divided by n twice: once, in the gradient of the logits.", earned=0.5)
NO_LABELS = slip(
    "labels-not-subtracted", "The gradient of the logits is (p - one-hot) / n: here nothing is subtracted."
)
UPHILL = slip("wrong-sign", "The sign is wrong: this is one-hot - p, which points downhill.", earned=0.5)
NO_MASK = slip("relu-not-passed", "The gradient also passes where the ReLU was 0. Set it to 0 there.")
HIDDEN_AS_MASK = slip("multiplied-by-hidden", "This is multiplied by the ReLU itself, not by its derivative, 0 or 1.")
BEFORE_RELU = slip("before-relu", "The hidden layer before its ReLU is used here. W2 saw what came out of the ReLU.")
OPEN_AT_ZERO = slip("relu-open-at-zero", "Where the input of the ReLU is exactly 0, the derivative is 0, not 1.")
FAR_APART = np.array([[-1000.0], [0.0], [1000.0], [3000.0]])
CLIP = 1e-12, 1e-10, 1e-9, 1e-8, 1e-7  # what people add to p, or clip it to


def log_p(logits: NDArray[Any]) -> Tensor:
    return torch.from_numpy(logits).log_softmax(1)  # (n, classes)


@plan("check_losses", public=True)
def softmaxes(ask: Ask) -> Any:
    sizes = ((5, 3), (1, 7), (4, 4))
    return [(z, ask.call("softmax", z)) for z in (2 * ask.randn(*size, dtype=torch.float64).numpy() for size in sizes)]


@plan("check_losses", public=True)
def large_softmaxes(ask: Ask) -> Any:
    """Logits around 1000 and around -1000, rows far from each other, and logits of a row that are."""
    logits = [ask.randn(4, 5, dtype=torch.float64).numpy() for _ in range(4)]
    around = [logits[0] + 1000, logits[1] - 1000, logits[2] + FAR_APART, 2000 * logits[3]]
    return [(z, ask.call("softmax", z)) for z in around]


@plan("check_losses", public=True)
def entropies(ask: Ask) -> Any:
    runs = []
    for n, classes in ((6, 4), (1, 3), (5, 5)):
        z, labels = 2 * ask.randn(n, classes, dtype=torch.float64).numpy(), ask.randint(classes, n).numpy()
        runs.append((z, labels, ask.call("cross_entropy", z, labels)))
    return runs


@plan("check_losses", public=True)
def large_entropies(ask: Ask) -> Any:
    """Of images that are recognized wrongly for sure: the right class is 1000 below the others, at either end.

    And of logits that are far from each other, row by row or within a row.
    """
    runs = []
    for shift, factor in ((1000.0, 1), (0.0, 1), (FAR_APART, 1), (0.0, 2000)):
        z, labels = factor * ask.randn(4, 4, dtype=torch.float64).numpy() + shift, ask.randint(4, 4).numpy()
        z[np.arange(4), labels] -= 1000
        runs.append((z, labels, ask.call("cross_entropy", z, labels)))
    return runs


@plan("check_backward", public=True)
def gradient_runs(ask: Ask) -> Any:
    runs = []
    for n, inputs, hidden, classes in ((6, 5, 7, 4), (1, 3, 4, 2)):
        shapes = {"x": (n, inputs), "w1": (inputs, hidden), "b1": (hidden,), "w2": (hidden, classes), "b2": (classes,)}
        arrays = {name: ask.randn(*shape, dtype=torch.float64).numpy() for name, shape in shapes.items()}
        arrays["x"][1:2], arrays["b1"][:2] = 0, 0  # an empty image meets a bias of 0
        labels = ask.randint(classes, n).numpy()
        weights = [arrays[name] for name in ("w1", "b1", "w2", "b2")]
        runs.append((arrays, labels, ask.call("gradients", arrays["x"], labels, *weights)))
    return runs


@pytest.mark.check(cell="check_losses", points=0.5)
def test_softmax_is_right(softmaxes: Any) -> None:
    """Softmax turns each row of logits into probabilities."""
    for z, got in softmaxes:
        e = np.exp(z)
        slips = {OVER_IMAGES: e / e.sum(0), OVER_ALL: e / e.sum(), NO_EXPONENTIAL: z / z.sum(1, keepdims=True)}
        expect(got).close(log_p(z).exp().numpy(), slips, hint="It should be exp(z) / sum of exp(z), for each row.")
        expect(got).leaves_arguments_alone()


@pytest.mark.check(cell="check_losses", points=0.5, needs=["softmax_is_right"])
def test_softmax_is_stable(large_softmaxes: Any) -> None:
    """Softmax is right for large logits, too."""
    hint = "exp(1000) is infinite. Subtract the largest logit of each row first, which changes nothing else."
    for z, got in large_softmaxes:
        value = got.value
        if isinstance(value, np.ndarray) and not np.isfinite(value).all():
            vanish = np.exp(z - z.max()).sum(1) == 0  # rows far below the largest logit of all
            of_all = value.shape == z.shape and vanish.any() and np.array_equal(~np.isfinite(value).all(1), vanish)
            name = "maximum-of-the-batch" if of_all else "exp-overflows"
            told = f"The softmax of logits from {z.min():.0f} to {z.max():.0f} is not a number."
            fail(told, hint, mistake=name)
        expect(got).close(log_p(z).exp().numpy(), hint=hint, mistake="not-stable")


@pytest.mark.check(cell="check_losses", points=0.5)
def test_cross_entropy_is_right(entropies: Any) -> None:
    """The cross-entropy is the mean of -log p of the right classes."""
    for z, labels, got in entropies:
        q, picked, n = log_p(z), torch.from_numpy(labels), len(z)
        rows, right = torch.arange(n), F.nll_loss(log_p(z), torch.from_numpy(labels))
        one_hot = F.one_hot(picked, q.shape[1])
        by_rows = torch.zeros_like(q).index_put((rows, picked.sort().values), torch.ones(n, dtype=q.dtype))
        slips = {
            MINUS: -right,
            MISSING_MEAN: right * n,
            MEAN_OF_ALL: right / q.shape[1],
            NO_LOGARITHM: -q.exp()[rows, picked].mean(),
            LOG_2: right / np.log(2),
            SOFTMAX_TWICE: F.cross_entropy(q.exp(), picked),
            ALL_PAIRS: -q[:, picked].mean(),
            ONE_HOT_REVERSED: -q.flip(1)[rows, picked].mean(),
            ONE_HOT_BY_ROWS: -(q * by_rows).sum() / n,
            BINARY: F.binary_cross_entropy(q.exp(), one_hot.double(), reduction="sum") / n,
        }
        slips = {name: float(value) for name, value in slips.items()}
        hint = "Take -log p of the right class of each row, and the mean of these n numbers."
        expect(got).close(float(right), slips, hint=hint)
        expect(got).leaves_arguments_alone()


@pytest.mark.check(cell="check_losses", points=0.5, needs=["cross_entropy_is_right"])
def test_cross_entropy_is_stable(large_entropies: Any) -> None:
    """The cross-entropy is right for large logits, too."""
    hint = "Use log p = z - max - log(sum of exp(z - max)), in which nothing overflows and no log is of 0."
    for z, labels, got in large_entropies:
        loss = got.number()
        right = float(F.nll_loss(log_p(z), torch.from_numpy(labels)))
        if not np.isfinite(loss):
            name = "log-of-zero" if abs(loss) == np.inf else "exp-overflows"
            fail(f"The cross-entropy of large logits is {loss}, expected {right:.0f}.", hint, mistake=name)
        least = min(CLIP, key=lambda clip: abs(loss + np.log(clip)))
        expect(got).close(right, {CLIPPED: -np.log(least)}, hint=hint, mistake="not-stable")


@pytest.mark.check(cell="check_backward", points=1)
def test_gradients_of_the_second_layer_are_right(gradient_runs: Any) -> None:
    """The gradients of w2 and b2 are those of the cross-entropy."""
    for arrays, labels, got in gradient_runs:
        right = by_autograd(arrays, labels)
        a, h, p, delta, n = forward(arrays, labels)
        slips = {
            NOT_DIVIDED: (n * right["w2"], n * right["b2"]),
            TWICE_DIVIDED: (right["w2"] / n, right["b2"] / n),
            UPHILL: (-right["w2"], -right["b2"]),
            NO_LABELS: (h.T @ p / n, p.mean(0)),
            BEFORE_RELU: (a.T @ delta, right["b2"]),
        }
        compare(
            got, right, ("w2", "b2"), slips, "With delta = (p - one-hot) / n they are h.T @ delta and delta.sum(0)."
        )
        expect(got).leaves_arguments_alone()


@pytest.mark.check(cell="check_backward", points=1, needs=["gradients_of_the_second_layer_are_right"])
def test_gradients_of_the_first_layer_are_right(gradient_runs: Any) -> None:
    """The gradients of w1 and b1 are those of the cross-entropy."""
    for arrays, labels, got in gradient_runs:
        right = by_autograd(arrays, labels)
        a, h, _, delta, n = forward(arrays, labels)
        back, x = delta @ arrays["w2"].T, arrays["x"]  # back is (n, hidden)
        slips = {
            NO_MASK: (x.T @ back, back.sum(0)),
            OPEN_AT_ZERO: (right["w1"], (back * (a >= 0)).sum(0)),
            HIDDEN_AS_MASK: (x.T @ (back * h), (back * h).sum(0)),
            NOT_DIVIDED: (n * right["w1"], n * right["b1"]),
            TWICE_DIVIDED: (right["w1"] / n, right["b1"] / n),
        }
        compare(got, right, ("w1", "b1"), slips, "Go back through w2, then through the ReLU, then to w1 and b1.")


def forward(arrays: Arrays, labels: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], int]:
    a = arrays["x"] @ arrays["w1"] + arrays["b1"]  # (n, hidden)
    h = np.maximum(a, 0)
    p = log_p(h @ arrays["w2"] + arrays["b2"]).exp().numpy()  # (n, classes)
    return a, h, p, (p - np.eye(p.shape[1])[labels]) / len(p), len(p)


def by_autograd(arrays: Arrays, labels: NDArray[Any]) -> Arrays:
    live = {name: torch.from_numpy(array).clone().requires_grad_(name != "x") for name, array in arrays.items()}
    hidden = (live["x"] @ live["w1"] + live["b1"]).relu()
    F.cross_entropy(hidden @ live["w2"] + live["b2"], torch.from_numpy(labels)).backward()
    return {name: tensor.grad.numpy() for name, tensor in live.items() if tensor.grad is not None}


def compare(got: Result, right: Arrays, names: Sequence[str], slips: Mapping[slip, Any], hint: str) -> None:
    """Both gradients of a layer; a slip explains them if it explains the one that is wrong."""
    for place, name in enumerate(names):
        of_name = {one: values[place] for one, values in slips.items() if values[place] is not right[name]}
        expect(got[name], f"the gradient of {name}").close(right[name], of_name, hint=hint)
