"""The homework on a classifier: a network, its loss, its training, and a figure."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder.checks.bounds import Quantity
from autograder.plans import draw_weights, expect, plan, slip

QUANTITIES = (Quantity("accuracy", "share of new points whose class is told right", "logit", ("low",)),)
CENTERS = 0.8 * torch.randn(10, 20, generator=torch.Generator().manual_seed(0))
SIZES = [(12, 7, 3, 5), (20, 16, 10, 1)]  # inputs, hidden, classes, points
SUM = slip("sum-instead-of-mean", "This is the sum over the points. Take the mean.", earned=0.5)
NO_LOGARITHM = slip(
    "no-logarithm", "This is the mean probability of the right class, with a minus. Take the logarithm."
)
PROBABILITIES = slip("softmax-twice", "A softmax is applied twice: logits go into the loss as they are.")
WRONG_SIGN = slip("wrong-sign", "The sign is wrong: the loss falls as the right class becomes less likely.")
ONE_STEP = slip("one-step-an-epoch", "The weights are those of one step. Take a step for each mini-batch.", earned=0.5)
NO_STEP = slip("no-step", "The weights have not changed. Call step().")
SUMMED_UP = slip("gradients-summed-up", "Each step holds the gradients of the ones before. Call zero_grad().")
OF_LAST = slip("last-batch-only", "This is the accuracy on the last mini-batch alone.", earned=0.5)
COUNTED = slip("count-instead-of-share", "This is how many are right. Divide by how many there are.", earned=0.5)


def network(inputs, hidden, classes):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, classes))


def points(ask, n, centers):
    return centers[y := ask.randint(len(centers), n)] + ask.randn(n, centers.shape[1]), y


@plan("check_model", public=True)
def models(ask):
    runs = []
    for inputs, hidden, classes, n in SIZES:
        x, seed = ask.randn(n, inputs), ask.draw()
        model = ask.module("Classifier", inputs, hidden, classes, weights=seed)
        runs.append((x, (inputs, hidden, classes), seed, model, ask.call(model, x)))
    return runs


@plan("check_loss", public=True)
def losses(ask):
    runs = []
    for n, k, scale in [(4, 3, 1.0)] if ask.public else [(6, 4, 1.0), (1, 10, 3.0), (5, 3, 500.0)]:
        logits, y = scale * ask.randn(n, k), ask.randint(k, n)
        live = ask.value(logits, requires_grad=True)
        loss = ask.call("cross_entropy", live, y)
        ask.backward(loss)
        runs.append((logits, y, loss, ask.held_gradients(live)))
    return runs


@plan("check_training")
def epoch(ask):
    sizes, centers, seed = (20, 12, 10), ask.randn(10, 20), ask.draw()
    x, y = points(ask, 100, centers)
    model = ask.module("Classifier", *sizes, weights=seed)
    before, optimizer = ask.state(model), ask.optimizer("SGD", model, lr=0.1)
    returned = ask.call("train_epoch", model, ask.loader(x, y, batch_size=32), optimizer, seconds=2)
    after = ask.state(model)
    new_x, new_y = points(ask, 300, centers)
    score = ask.call("accuracy", model, ask.loader(new_x, new_y, batch_size=77))
    return sizes, seed, x, y, before, returned, after, new_x, new_y, score


@plan("check_training", slow=True)
def training(ask):
    x, y = points(ask, 2000, CENTERS)
    model = ask.module("Classifier", 20, 32, 10)
    optimizer = ask.optimizer("Adam", model, lr=3e-3)
    returned = ask.call("train_epoch", model, ask.loader(x, y, batch_size=50), optimizer, times=4, seconds=30)
    return returned, ask.state(model), points(ask, 1000, CENTERS)


@plan("check_plot", public=True)
def plots(ask):
    values = ask.rand(7).tolist()
    return values, ask.figures(ask.call("plot_losses", values))


@pytest.mark.check(cell="check_model", points=1)
def test_model_has_the_right_layers(models):
    """The network has two linear layers, of the sizes that it is given."""
    for _, (inputs, hidden, classes), _, model, _ in models:
        shapes = [tuple(p.shape) for p in network(inputs, hidden, classes).parameters()]
        expect(model).has_parameters(*shapes, hint="Linear(inputs, hidden), ReLU, Linear(hidden, classes).")


@pytest.mark.check(cell="check_model", points=1, needs=["model_has_the_right_layers"])
def test_logits_are_right(models):
    """The network gives the right logits: a ReLU in between, and nothing at the end."""
    for x, sizes, seed, _, logits in models:
        net = network(*sizes)
        net.load_state_dict(draw_weights({name: p.shape for name, p in net.named_parameters()}, seed))
        expect(logits).close(net(x).detach(), hint="Is there a ReLU, and nothing at the end?", mistake="wrong-logits")


@pytest.mark.check(cell="check_loss", points=1.5)
def test_loss_is_the_cross_entropy(losses):
    """The loss is the mean of -log p(right class), for logits of any size."""
    for logits, y, loss, _ in losses:
        right = F.cross_entropy(logits, y)
        slips = {
            SUM: F.cross_entropy(logits, y, reduction="sum"),
            NO_LOGARITHM: -logits.softmax(1).gather(1, y[:, None]).mean(),
            PROBABILITIES: F.cross_entropy(logits.softmax(1), y),
            WRONG_SIGN: -right,
        }
        expect(loss).close(right, slips, hint="Use logsumexp, so that no exponential overflows.", mistake="wrong-loss")


@pytest.mark.check(cell="check_loss", points=1)
def test_loss_has_a_gradient(losses):
    """The gradient of the loss is that of the cross-entropy."""
    for logits, y, _, gradient in losses:
        live = logits.clone().requires_grad_()
        F.cross_entropy(live, y).backward()
        expect(gradient).close(live.grad, hint="Is something detached?", mistake="wrong-gradient")


def trained(net, x, y, zero_grad=True):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for xs, ys in zip(x.split(32), y.split(32), strict=True):
        if zero_grad:
            optimizer.zero_grad()
        F.cross_entropy(net(xs), ys).backward()
        optimizer.step()
    return list(net.parameters())


@pytest.mark.check(cell="check_training", points=1)
def test_epoch_takes_the_right_steps(epoch):
    """An epoch takes one step for each mini-batch, each with a fresh gradient."""
    sizes, _, x, y, before, returned, after, *_ = epoch
    expect(returned).leaves_arguments_alone()
    after.fill(network(*sizes))

    def weights(n, **options):  # after an epoch of n points
        return dict(zip(after.tensors, trained(before.fill(network(*sizes)), x[:n], y[:n], **options), strict=False))

    untrained = dict(zip(after.tensors, before.fill(network(*sizes)).parameters(), strict=False))
    slips = {ONE_STEP: weights(32), NO_STEP: untrained, SUMMED_UP: weights(100, zero_grad=False)}
    hint = "zero_grad, backward, step."
    expect(after, "the network").close(weights(100), slips, hint, 1e-3, mistake="wrong-steps", since=before)


@pytest.mark.check(cell="check_training", points=0.5)
def test_loss_is_printed_and_returned(epoch):
    """An epoch prints its mean loss, and returns it."""
    returned = epoch[5]
    expect(returned).between(0.0, 100.0, hint="Return the mean loss of the mini-batches.")
    expect(returned).prints(number=returned.number(), hint="Print the loss that is returned.")


@pytest.mark.check(cell="check_training", points=1)
def test_accuracy_is_right(epoch):
    """The accuracy is the share of right classes, whatever the size of the mini-batches."""
    sizes, *_, after, x, y, score = epoch
    hits = (after.fill(network(*sizes))(x).argmax(1) == y).float()
    slips = {OF_LAST: float(hits.split(77)[-1].mean()), COUNTED: float(hits.sum())}
    expect(score).close(float(hits.mean()), slips, hint="Count over all mini-batches, then divide by all.")


@pytest.mark.check(cell="check_training", points=1)
def test_training_learns(training, bounds):
    """Four epochs on new data give a classifier that tells new points apart."""
    returned, after, (x, y) = training
    expect(returned).improves(hint="Does the loss fall? Is zero_grad called?")
    accuracy = float((after.fill(network(20, 32, 10))(x).argmax(1) == y).float().mean())
    bounds.hold(accuracy=min(max(accuracy, 0.5 / len(y)), 1 - 0.5 / len(y)), hint="Look at the steps of an epoch.")


@pytest.mark.check(cell="check_plot", points=1)
def test_plot_shows_the_losses(plots):
    """There is one figure, with the losses as a line, and labels."""
    expect(plots[1]).draws(lines=[plots[0]])
