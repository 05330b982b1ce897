"""What training does by the book, and what well-known mistakes make of it: the checks compare with both."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.plans import slip

Batches = Sequence[tuple[Tensor, Tensor]]  # images and labels

EPOCHS_OF_FIT, LR_OF_FIT = 4, 0.2
EPOCH_SLIPS = {
    slip("gradients-not-zeroed", "The gradients of earlier mini-batches are still there: call zero_grad()."): "kept",
    slip("softmax-before-cross-entropy", "F.cross_entropy takes logits: it takes the softmax itself."): "softmax",
    slip("train-forgotten", "The model came in evaluation mode, and was trained in it: call model.train()."): "eval",
    slip("loss-summed", "The gradient is that of the sum over the mini-batch, not of the mean."): "sum",
    slip("one-step-an-epoch", "There is one step for all mini-batches together, expected one for each."): "once",
    slip("one-batch-only", "Only the first mini-batch is used: is return inside of the loop?"): "first",
    slip("last-batch-left-out", "The last mini-batch is left out.", earned=0.5): "full",
    slip("logarithm-forgotten", "F.nll_loss takes logarithms of probabilities: use F.cross_entropy."): "nll",
    slip("two-steps-a-batch", "Each mini-batch makes two steps, expected one."): "twice",
    slip("squared-error", "This is the squared error: use the cross-entropy."): "squared",
    slip("uphill", "The loss rises: the gradient of its negative is followed."): "uphill",
}
LOSS_SLIPS: dict[slip, Callable[[list[float], list[int]], float]] = {
    slip("mean-over-batches", "The last mini-batch is smaller: weight each loss by its images.", earned=0.5): (
        lambda losses, sizes: sum(losses) / len(losses)
    ),
    slip("loss-summed", "This is the sum of the losses, not their mean."): lambda losses, sizes: sum(losses),
    slip("last-loss", "This is the loss of the last mini-batch alone."): lambda losses, sizes: losses[-1],
    slip("divided-by-images", "The mean losses of mini-batches are divided by the number of images."): (
        lambda losses, sizes: sum(losses) / sum(sizes)
    ),
    slip("not-divided", "This is the sum over all images: divide by their number."): (
        lambda losses, sizes: sum(loss * size for loss, size in zip(losses, sizes, strict=True))
    ),
    slip("divided-by-batches", "The sum over all images is divided by the number of mini-batches."): (
        lambda losses, sizes: sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / len(losses)
    ),
}


def make_net(random: torch.Generator, inputs: int, hidden: int, classes: int) -> nn.Sequential:
    """A network that does something else in training than in evaluation, with weights and running means at random."""
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(inputs, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, classes)
    )
    with torch.no_grad():
        for tensor in net.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.randn(tensor.shape, generator=random) * 0.6)
        net.get_buffer("2.running_var").copy_(0.5 + torch.rand(hidden, generator=random))
        net.get_parameter("2.weight").add_(1)
    return net


def epoch_of(
    start: nn.Module, batches: Batches, how: Mapping[str, Any], kind: str = ""
) -> tuple[dict[str, Tensor], list[float]]:
    """The parameters and running means after an epoch that begins with the network `start`, and the loss of each batch.

    Args:
        start: a network.
        batches: images and labels.
        how: settings of SGD.
        kind: of the mistake, if any.
    """
    net = copy.deepcopy(start).train(kind != "eval")
    optimizer = torch.optim.SGD(net.parameters(), **how)
    used = {"first": batches[:1], "full": batches[:-1]}.get(kind, batches)
    losses = []
    for x, labels in used:
        for _ in range(2 if kind == "twice" else 1):
            if kind not in ("kept", "once"):
                optimizer.zero_grad()
            logits = net(x)
            loss = _loss(logits, labels, kind)
            (-loss if kind == "uphill" else loss).backward()
            if kind != "once":
                optimizer.step()
        losses.append(F.cross_entropy(logits, labels).item())
    if kind == "once":
        optimizer.step()
    state = {name: tensor.detach() for name, tensor in net.state_dict().items() if tensor.is_floating_point()}
    return state, losses


def _loss(logits: Tensor, labels: Tensor, kind: str) -> Tensor:
    match kind:
        case "softmax":
            return F.cross_entropy(logits.softmax(1), labels)
        case "nll":
            return F.nll_loss(logits, labels)
        case "sum":
            return F.cross_entropy(logits, labels, reduction="sum")
        case "squared":
            return F.mse_loss(logits, F.one_hot(labels, logits.shape[1]).float())
    return F.cross_entropy(logits, labels)


def share_right(net: nn.Module, batches: Batches, training: bool = False, dim: int = 1) -> float:
    """The share of all images whose largest logit along `dim` is that of their label."""
    net = copy.deepcopy(net).train(training)
    with torch.no_grad():
        right = sum(int((net(x).argmax(dim) == labels).sum()) for x, labels in batches)
    return right / sum(len(x) for x, _ in batches)


def fit_of(start: nn.Module, train: Batches, test: Batches, before: bool = False) -> dict[str, list[float]]:
    """The curves of a training run; `before` has the accuracies measured before each epoch."""
    net = copy.deepcopy(start)
    curves: dict[str, list[float]] = {"loss": [], "train": [], "test": []}
    optimizer = torch.optim.SGD(net.parameters(), lr=LR_OF_FIT)
    images = sum(len(x) for x, _ in train)
    for _ in range(EPOCHS_OF_FIT):
        if before:
            _measure(net, train, test, curves)
        net.train()
        total = 0.0
        for x, labels in train:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        curves["loss"].append(total / images)
        if not before:
            _measure(net, train, test, curves)
    return curves


def _measure(net: nn.Module, train: Batches, test: Batches, curves: dict[str, list[float]]) -> None:
    for name, batches in (("train", train), ("test", test)):
        curves[name].append(share_right(net, batches))
