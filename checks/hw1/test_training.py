"""The two layers as a module, and the functions that train and measure any classifier."""

from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.plans import Ask, Handle, Result, expect, fail, given, plan, slip
from checks.hw1.epochs import EPOCH_SLIPS, EPOCHS_OF_FIT, LOSS_SLIPS, LR_OF_FIT, epoch_of, fit_of, make_net, share_right
from coursekit.plans.answers import Held

SOFTMAX_INSIDE = slip("softmax-before-cross-entropy", "Return the logits: F.cross_entropy takes the softmax itself.")
LOG_SOFTMAX_INSIDE = slip("log-softmax-inside", "These are logarithms of probabilities: return the logits.", earned=0.5)
NO_RELU = slip("relu-missing", "There is no ReLU between the layers, so both together are one linear layer.")
RELU_AT_END = slip("relu-at-the-end", "A ReLU follows the last layer, so no logit can be negative.")
SIGMOID = slip("sigmoid-for-relu", "This is a sigmoid: use the ReLU.")
TANH = slip("tanh-for-relu", "This is the hyperbolic tangent: use the ReLU.")
PERCENT = slip("in-percent", "This is in percent: return the share, from 0 to 1.", earned=0.5)
COUNT = slip(
    "number-for-share", "This is the number of images that are right: divide by the number of all.", earned=0.5
)
ERRORS = slip("errors-counted", "This is the share of the images that are wrong.", earned=0.5)
MEAN_OF_BATCHES = slip("mean-over-batches", "The last mini-batch is smaller: divide once, at the end.", earned=0.5)
OVER_IMAGES = slip(
    "argmax-over-images", "The largest logit is looked for in each column: take argmax over dimension 1."
)
STILL_TRAINING = slip("eval-forgotten", "The model was in training mode while it was measured: call model.eval().")
BY_STEPS = slip("divided-by-batches", "The number of right images is divided by the number of mini-batches.")
TRAIN_AS_TEST = slip("train-as-test", "Under “test” is the accuracy on the training images.")
BEFORE = slip("measured-before-training", "The accuracies are measured before each epoch, not after it.", earned=0.5)
EXCHANGED = slip("train-and-test-exchanged", "The two accuracies have changed places.", earned=0.5)
SIZES = {"inputs": 12, "hidden": 9, "classes": 4}  # of the network that is trained here


@plan("check_module", public=True)
def modules(ask: Ask) -> Any:
    runs = []
    for inputs, hidden, classes, shape in ((12, 5, 3, (6, 1, 3, 4)), (35, 8, 10, (1, 1, 5, 7))):
        net = ask.module("TwoLayerNetwork", inputs, hidden, classes, weights=ask.draw())
        x = ask.randn(*shape)
        runs.append(((inputs, hidden, classes), x, ask.state(net), ask.call(net, x)))
    return runs


def ask_net(ask: Ask, state: dict[str, Tensor]) -> Handle:
    """The network of `make_net`, made where the plan is carried out."""
    parts = [given(f"torch.nn:{name}") for name in ("Flatten", "Linear", "BatchNorm1d", "ReLU", "Linear")]
    sizes = [(), (SIZES["inputs"], SIZES["hidden"]), (SIZES["hidden"],), (), (SIZES["hidden"], SIZES["classes"])]
    made = [ask.module(part, *size) for part, size in zip(parts, sizes, strict=True)]
    return ask.module(given("torch.nn:Sequential"), *made, weights=state)


def images(ask: Ask, n: int) -> tuple[Tensor, Tensor]:
    return ask.randn(n, 1, 3, 4), ask.randint(SIZES["classes"], n)


@plan("check_train_epoch", public=True)
def epochs(ask: Ask) -> Any:
    """The model is in evaluation mode when it comes, and the last mini-batch is smaller."""
    runs = []
    for n, batch_size, how in ((22, 8, {"lr": 0.3}), (15, 6, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01})):
        start, data = make_net(ask.random, **SIZES), images(ask, n)
        net = ask_net(ask, start.state_dict())
        ask.call(net.part("eval"))
        loader, optimizer = ask.loader(*data, batch_size=batch_size), ask.optimizer("SGD", net, **how)
        got = ask.call("train_epoch", net, loader, optimizer)
        runs.append((start, [*zip(*(part.split(batch_size) for part in data), strict=True)], how, got, ask.state(net)))
    return runs


@plan("check_accuracy", public=True)
def accuracies(ask: Ask) -> Any:
    """Labels that are right for three quarters of the images, but for none of the last, smaller mini-batch."""
    runs = []
    for n, batch_size in ((40, SIZES["classes"]), (150, 32)):
        start, (x, _) = make_net(ask.random, **SIZES), images(ask, n)
        right = start.eval()(x).argmax(1)
        wrong = (ask.rand(n) < 0.25) | (torch.arange(n) >= n - n % batch_size)
        labels = (right + wrong) % SIZES["classes"]
        net, loader = ask_net(ask, start.state_dict()), ask.loader(x, labels, batch_size=batch_size)
        runs.append((start, [*zip(x.split(batch_size), labels.split(batch_size), strict=True)], net, loader))
    return [(start, batches, ask.call("accuracy", net, loader)) for start, batches, net, loader in runs]


@plan("check_accuracy", public=True)
def measured(ask: Ask) -> Any:
    """The state and the gradients of a model before and after it is measured, in both modes."""
    runs = []
    for mode in ("train", "eval"):
        net, data = ask_net(ask, make_net(ask.random, **SIZES).state_dict()), images(ask, 20)
        ask.backward(ask.call(net, data[0]))
        ask.call(net.part(mode))
        before = ask.state(net), ask.held_gradients(net)
        got = ask.call("accuracy", net, ask.loader(*data, batch_size=8))
        runs.append((got, before, (ask.state(net), ask.held_gradients(net))))
    return runs


@plan("check_fit", public=True)
def fits(ask: Ask) -> Any:
    starts = [make_net(ask.random, **SIZES) for _ in range(2)]
    train, test = images(ask, 40), images(ask, 27)
    loaders = [ask.loader(*data, batch_size=10) for data in (train, test)]
    batches = [[*zip(*(part.split(10) for part in data), strict=True)] for data in (train, test)]
    nets = [ask_net(ask, start.state_dict()) for start in starts]
    got = [ask.call("fit", net, *loaders, ask.optimizer("SGD", net, lr=LR_OF_FIT), EPOCHS_OF_FIT) for net in nets]
    return starts, batches, got


@pytest.mark.check(cell="check_module", points=0.5)
def test_module_has_two_layers(modules: Any) -> None:
    """The network has two linear layers of the sizes that it is given."""
    for (inputs, hidden, classes), _, state, _ in modules:
        sort_weights(state, inputs, hidden, classes)


@pytest.mark.check(cell="check_module", points=0.5, needs=["module_has_two_layers"])
def test_module_gives_logits(modules: Any) -> None:
    """The network gives logits: linear, ReLU, linear."""
    for sizes, x, state, got in modules:
        expect(got).has_shape(len(x), sizes[-1])
        w1, b1, w2, b2 = sort_weights(state, *sizes)
        a = x.flatten(1) @ w1 + b1  # (n, hidden)
        logits = a.relu() @ w2 + b2
        slips = {
            SOFTMAX_INSIDE: logits.softmax(1),
            LOG_SOFTMAX_INSIDE: logits.log_softmax(1),
            NO_RELU: a @ w2 + b2,
            RELU_AT_END: logits.relu(),
            SIGMOID: a.sigmoid() @ w2 + b2,
            TANH: a.tanh() @ w2 + b2,
        }
        expect(got).close(logits, slips, hint="Flatten the images; then comes linear, ReLU, linear, and nothing else.")


def sort_weights(state: Result, inputs: int, hidden: int, classes: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The weights by their shapes, whatever their names and order are, and whether they are stored transposed."""
    tensors = [tensor for tensor in state.tensors.values() if tensor is not None]
    shapes = [tuple(sorted(tensor.shape)) for tensor in tensors]
    wanted = [tuple(sorted(shape)) for shape in ((inputs, hidden), (hidden,), (hidden, classes), (classes,))]
    if sorted(shapes) != sorted(wanted):
        told = ", ".join(str(tuple(tensor.shape)) for tensor in tensors[:12]) or "none"
        expected = f"({hidden}, {inputs}), ({hidden},), ({classes}, {hidden}), ({classes},)"
        fail(
            f"The parameters of `TwoLayerNetwork({inputs}, {hidden}, {classes})` have the shapes {told}, "
            f"expected {expected}.",
            "Make nn.Linear(inputs, hidden) and nn.Linear(hidden, classes) in __init__, from its arguments.",
            mistake="wrong-layers",
        )
    w1, b1, w2, b2 = (tensors[shapes.index(shape)] for shape in wanted)
    return (w1 if w1.shape[0] == inputs else w1.T), b1, (w2 if w2.shape[0] == hidden else w2.T), b2


@pytest.mark.check(cell="check_train_epoch", points=1)
def test_each_batch_makes_one_step(epochs: Any) -> None:
    """Each mini-batch makes one step of the optimizer, along the gradient of its cross-entropy."""
    for start, batches, how, got, state in epochs:
        _ = got.value  # where it raised, that is told
        right, _ = epoch_of(start, batches, how)
        if all(torch.equal(state.tensors[name], tensor) for name, tensor in start.named_parameters()):
            fail("`train_epoch` leaves the weights as they are.", "Is optimizer.step() called?", mistake="no-step")
        slips = {one: epoch_of(start, batches, how, kind)[0] for one, kind in EPOCH_SLIPS.items()}
        hint = "For each mini-batch: logits, loss, zero_grad, backward, step; in training mode."
        expect(state, "the model").close(right, slips, hint=hint, mistake="wrong-step")


@pytest.mark.check(cell="check_train_epoch", points=0.5, needs=["each_batch_makes_one_step"])
def test_mean_loss_is_returned(epochs: Any) -> None:
    """The mean loss of all images of the epoch is returned."""
    for start, batches, how, got, _ in epochs:
        _, losses = epoch_of(start, batches, how)
        slips = {one: value(losses, [len(x) for x, _ in batches]) for one, value in LOSS_SLIPS.items()}
        images = sum(len(x) for x, _ in batches)
        right = sum(loss * len(x) for loss, (x, _) in zip(losses, batches, strict=True)) / images
        expect(got).close(right, slips, hint="Weight the loss of each mini-batch with its number of images.")


@pytest.mark.check(cell="check_accuracy", points=1)
def test_accuracy_is_right(accuracies: Any) -> None:
    """The accuracy is the share of all images whose largest logit is that of their label."""
    for start, batches, got in accuracies:
        right, n, steps = share_right(start, batches), sum(len(x) for x, _ in batches), len(batches)
        one_by_one = [share_right(start, [batch]) for batch in batches]
        slips = {
            PERCENT: 100 * right,
            COUNT: n * right,
            ERRORS: 1 - right,
            MEAN_OF_BATCHES: sum(one_by_one) / steps,
            BY_STEPS: n * right / steps,
            STILL_TRAINING: share_right(start, batches, training=True),
        }
        if len(batches[0][0]) == SIZES["classes"]:  # else it raises an error
            slips[OVER_IMAGES] = share_right(start, batches, dim=0)
        expect(got).close(right, slips, hint="Count what is right in all mini-batches, and divide by the images.")


@pytest.mark.check(cell="check_accuracy", points=0.5)
def test_accuracy_changes_nothing(measured: Any) -> None:
    """Measuring leaves the mode, the weights and the gradients of the model as they were."""
    for got, (state, gradients), (state_after, gradients_after) in measured:
        got.number()
        was, now = (held.tensors for held in (gradients, gradients_after))
        if any(now[name] is None or not torch.equal(now[name], tensor) for name, tensor in was.items()):
            told = "`accuracy` changes the gradients that lie in the model."
            fail(told, "Measuring needs no backward() and no zero_grad().", mistake="gradients-changed")
        was, now = (held.tensors for held in (state, state_after))
        if not all(torch.equal(now[name], tensor) for name, tensor in was.items()):
            told = "`accuracy` changes the running means of the model's batch normalization."
            fail(told, "Call model.eval() before the first mini-batch.", mistake="eval-forgotten")
        modes = ["training" if held.seen.of(Held).training else "evaluation" for held in (state, state_after)]
        if modes[0] != modes[1]:
            told = f"A model in {modes[0]} mode is in {modes[1]} mode after `accuracy`."
            fail(told, "Keep model.training, and give it to model.train(...) at the end.", mistake="mode-changed")


@pytest.mark.check(cell="check_fit", points=1, needs=["each_batch_makes_one_step", "accuracy_is_right"])
def test_fit_records_the_curves(fits: Any) -> None:
    """Each epoch adds its mean loss and the accuracies after it, on training and on test images."""
    (start, other), (train, test), (got, again) = fits
    right_again = fit_of(other, train, test)
    right, before = fit_of(start, train, test), fit_of(start, train, test, before=True)
    hint = "In each epoch: train_epoch, then accuracy on either loader, each appended to its list."
    slips = {
        "loss": {},
        "train": {EXCHANGED: right["test"], BEFORE: before["train"]},
        "test": {TRAIN_AS_TEST: right["train"], BEFORE: before["test"]},
    }
    for key, of_key in slips.items():
        expect(got[key], f"the list under {key!r}").close(right[key], of_key, hint=hint)
        hint_again = "Make the lists in the function: what another call has noted is none of its business."
        expect(again[key], f"the list under {key!r} of a second call").close(right_again[key], hint=hint_again)
