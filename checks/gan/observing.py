"""What a solution of these homeworks does to weights and losses.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: two solutions behave alike
if, on the same model, data and seeds, the weights are equal after every step, and so are the values of the losses and
their gradients.
"""

import random
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor

from autograder.errors import UsageError
from autograder.selftest.behavior import Behavior
from autograder.selftest.recording import running
from course_utils.conditional import AnyModel, make_model
from course_utils.gan.probe import loss_arguments
from coursekit.returned import read_number, with_text_keys

Setting = tuple[int, int, dict[str, Any], float]
# (images, steps, sizes, learning rate): sizes and rates that nobody writes into a solution; a single image as well.
SETTINGS: tuple[Setting, ...] = (
    (6, 8, {"number_of_hidden_layers": 2, "input_size": 784, "hidden_size": 11, "latent_size": 5}, 0.0013),
    (1, 2, {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 9, "latent_size": 3}, 0.0007),
)
WEIGHT = 3.7  # of the reconstruction error in the loss of a conditional generator


def observe(path: Path, number_of_classes: int = 0) -> Behavior:
    """Load a trusted solution file and see what it does in all settings; with classes, with a conditional model."""
    losses: list[Tensor] = []
    training: list[Tensor] = []
    errors: list[str] = []
    for images, steps, sizes, lr in SETTINGS:
        setting = images, steps, sizes | ({"number_of_classes": number_of_classes} if number_of_classes else {}), lr
        _seed(0)
        try:
            with running(path) as solution:
                _losses(solution, setting, losses, errors)
                _steps(solution, setting, training, errors)
        except UsageError as error:
            errors.append(f"import: {type(error.__cause__).__name__}")
    return Behavior(tuple(losses), tuple(training), tuple(errors))


def _seed(seed: int) -> None:
    torch.manual_seed(seed)
    random.seed(seed)
    numpy.random.seed(seed)


def _start(setting: Setting) -> tuple[AnyModel, Tensor, list[Tensor]]:
    """A model, images `(steps, images, input_size)` in [0, 1] and, for a conditional one, labels `(images,)` a step."""
    images, steps, sizes, _ = setting
    _seed(1)
    model = make_model(**sizes)
    batches = torch.rand(steps, images, sizes["input_size"])
    classes = sizes.get("number_of_classes", 0)
    return model, batches, list(torch.randint(classes, (steps, images))) if classes else []


def _losses(solution: object, setting: Setting, numbers: list[Tensor], errors: list[str]) -> None:
    """Each loss alone: its value, its gradient, and which weights it gives one."""
    for loss in ("discriminator", "generator", "autoencoder"):
        model, batches, labels = _start(setting)
        x_real, z = batches[0], torch.randn(batches.shape[1], model.latent_size)
        given: dict[str, Any] = {"x_real": x_real, "z": z, "weight": WEIGHT}
        if labels:
            given |= {"h": labels[0], "h_wrong": (labels[0] + 1) % setting[2]["number_of_classes"]}
        try:
            arguments = [given[name] for name in loss_arguments(bool(labels))[loss]]
            value = getattr(solution, f"{loss}_loss")(model, *arguments)
            numbers.append(value.detach().clone())
            value.sum().backward()
        except Exception as error:
            errors.append(f"{loss}_loss: {type(error).__name__}")
        numbers += [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]


def _steps(solution: object, setting: Setting, numbers: list[Tensor], errors: list[str]) -> None:
    """Training steps: the weights after each of them, and the losses that it returned."""
    model, batches, labels = _start(setting)
    try:
        optimizers = solution.configure_optimizers(model, setting[3])  # type: ignore[attr-defined]
        for number, x_real in enumerate(batches):
            h = labels[number : number + 1]
            returned = solution.train_step(model, x_real, *h, optimizers)  # type: ignore[attr-defined]
            numbers += [p.detach().clone() for p in model.parameters()]
            numbers += [x_real.clone(), *(label.clone() for label in h)]
            named = {key: read_number(value) for key, value in with_text_keys(returned).items()}
            numbers.append(torch.tensor([float("nan") if named[k] is None else named[k] for k in sorted(named)]))
    except Exception as error:
        errors.append(f"train_step: {type(error).__name__}")
