"""The convolutional network: its form, and what it recognizes after a short training."""

from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.checks.bounds import Quantity
from autograder.plans import Ask, expect, fail, given, plan
from checks.hw1.epochs import EPOCH_SLIPS
from course_utils.data import mnist_images
from course_utils.digits import move_digits
from coursekit.plans.answers import Built

MAX_PARAMETERS = 100_000
TRAINING_IMAGES, HIDDEN_IMAGES = 1000, 1000
EPOCHS, BATCH_SIZE = 4, 25
SECONDS = 60  # the reference takes 2; the text asks for less than 20
PROBABILITIES = next(one for one in EPOCH_SLIPS if one.name == "softmax-before-cross-entropy")
QUANTITIES = (Quantity("accuracy", "accuracy on hidden images", "logit", ("low",)),)


@plan("check_network", public=True)
def shapes(ask: Ask) -> Any:
    net = ask.module("DigitNetwork")
    return net, [(n, ask.call(net, ask.rand(n, 1, 28, 28))) for n in (64, 5, 1)]


@plan("check_network", public=True)
def optimizers(ask: Ask) -> Any:
    net = ask.module("DigitNetwork")
    return net, ask.state(ask.call("make_optimizer", net), net)


@plan("check_network", slow=True)
def training(ask: Ask) -> Any:
    """Trained on moved training images, and tried on moved test images: neither is in any data set."""
    images, labels = choose(ask, True, TRAINING_IMAGES)
    others, right = choose(ask, False, HIDDEN_IMAGES)
    net = ask.module("DigitNetwork")
    optimizer = ask.call("make_optimizer", net)
    loader = ask.module(given("course_utils.data:ImageLoader"), move_digits(images, ask.random), labels, BATCH_SIZE)
    ask.call("train_epoch", net, loader, optimizer, times=EPOCHS, seconds=SECONDS)
    ask.call(net.part("eval"))
    x = move_digits(others, ask.random).unsqueeze(1) / 255
    return right, ask.call(net, x, seconds=SECONDS)


def choose(ask: Ask, train: bool, number: int) -> tuple[Tensor, Tensor]:
    images, labels = mnist_images(train)
    chosen = torch.randperm(len(images), generator=ask.random)[:number]
    return images[chosen], labels[chosen]


@pytest.mark.check(cell="check_network", points=0.5)
def test_network_is_small_and_convolutional(shapes: Any, optimizers: Any) -> None:
    """The network has a convolution and few parameters, gives logits for any mini-batch, and is all trained."""
    net, results = shapes
    sizes = net.seen.of(Built).shapes if net.worked else {}
    (most, first), *others = results
    expect(first).has_shape(most, 10)
    if all(len(shape) != 4 for shape in sizes.values()):
        fail("There is no convolution in `DigitNetwork`.", "Use nn.Conv2d.", mistake="no-convolution")
    count = sum(torch.Size(shape).numel() for shape in sizes.values())
    if count > MAX_PARAMETERS:
        told = f"`DigitNetwork` has {count:,} parameters, expected {MAX_PARAMETERS:,} at most."
        fail(told, "Most are in the first linear layer: halve the images once more before it.", mistake="too-large")
    for n, got in others:
        value = got.value if got.worked else None
        if not isinstance(value, Tensor) or value.shape != (n, 10):
            told = f"`DigitNetwork` works for {most} images, but not for {n}."
            fail(told, "Flatten with x.flatten(1), which keeps the first dimension.", mistake="sizes-hard-coded")
        logits = got.tensor(n, 10)
        if bool((logits >= 0).all()) and torch.allclose(logits.sum(1), torch.ones(n), atol=1e-4):
            fail("`DigitNetwork` gives probabilities.", PROBABILITIES.says, mistake=PROBABILITIES.name)
    built, groups = optimizers
    held = [name for group in groups.groups.groups for name in group.parameters]
    missing = [name for name in built.seen.of(Built).shapes if name not in held]
    if missing:
        told = f"The optimizer does not hold {missing[0]!r} of the model that it is made for."
        fail(told, "Give it model.parameters().", mistake="not-optimized")


@pytest.mark.check(
    cell="check_network", points=1, needs=["each_batch_makes_one_step", "network_is_small_and_convolutional"]
)
def test_network_recognizes_digits(training: Any, bounds: Any) -> None:
    """After a short training the network recognizes digits that nobody has seen."""
    right, got = training
    taken = got.tensor(HIDDEN_IMAGES, 10).argmax(1)
    share = (float((taken == right).sum()) + 0.5) / (HIDDEN_IMAGES + 1)  # between 0 and 1, where it has a logit
    hint = "Compare with a linear classifier. Is there a ReLU after each convolution, and is the learning rate right?"
    bounds.hold(hint=hint, mistake="does-not-learn", accuracy=share)
