"""Practice probes: what the visible checks try a student's functions on, with sizes and seeds that all may know.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* they are to the visible checks
what the autograder's probes are to the hidden ones: the same experiments on other models and data.
"""

from typing import Any

import torch

from course_utils.conditional import make_model
from course_utils.data import mnist_images
from course_utils.gan.probe_model import flat_weights
from course_utils.gan.spread import spread_model
from coursekit.trace import Trace

SEED = 0
SIZES: dict[str, Any] = {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 32, "latent_size": 8}
CONDITIONAL_SIZES: dict[str, Any] = {**SIZES, "number_of_classes": 10}
RATES = (1e-3, 1e-2)
BATCH = 10
SMALL_BATCH = 3
COPIES = 4  # of each image and latent vector in the mini-batch in which a sum grows, and a mean does not
# A network may be updated in every fifth step only, and the first step may be special: there is nothing old in it.
STEPS = 6
STEP_LR = 1e-4  # so small that D's scores keep to where labels can be read from their gradients
TRAINING = {"lr": 1e-3, "batch_size": 64, "num_steps": 300, "log_every": 100}
WEIGHT = 5.0  # of the reconstruction error in the loss of a conditional generator


def practice_probes(kind: str, conditional: bool = False) -> list[Trace]:
    """The practice probes of a kind, for a `Model` or a `ConditionalModel`.

    Args:
        kind: `"optimizers"`, `"losses"`, `"train_step"` or `"convergence"`, or, with labels, `"wrong_labels"`.
        conditional: whether the model has labels.
    """
    if kind == "optimizers":
        return [_probe(kind, conditional, lrs=list(RATES))]
    if kind == "wrong_labels":
        return [_wrong_labels_probe()]
    if kind == "losses":
        sizes = ((BATCH, 1), (BATCH, COPIES), (SMALL_BATCH, 1))
        return [_losses_probe(batch, copies, conditional) for batch, copies in sizes]
    if kind == "train_step":
        return [_step_probe(BATCH, STEPS, conditional), _step_probe(SMALL_BATCH, 1, conditional)]
    probe = _probe(kind, conditional, **TRAINING)
    images, labels = _digits(4000)
    probe.data["images"] = probe.store((images * 255).round().to(torch.uint8))
    if conditional:
        probe.data["labels"] = probe.store(labels)
    return [probe]


def held_out_digits(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`n` test images, `(n, 784)` float32 in [0, 1], and their labels, `(n,)`."""
    return _digits(n, train=False)


def _digits(n: int, train: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = mnist_images(train=train)
    return images[:n].float().flatten(1) / 255, labels[:n]


def _probe(kind: str, conditional: bool, **data: object) -> Trace:
    """With the initial weights of torch where a model is trained, and else with weights that let its outputs spread."""
    probe = Trace()
    sizes = CONDITIONAL_SIZES if conditional else SIZES
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        initial = kind == "convergence"
        model = make_model(**sizes) if initial else spread_model(sizes, torch.Generator().manual_seed(SEED))
        weights = flat_weights(model, probe)
    probe.data = {"kind": kind, "seed": SEED, "model": sizes, "weights": weights, **data}
    return probe


def _wrong_labels_probe() -> Trace:
    probe = Trace()
    numbers = (10, 4)
    labels = [torch.arange(100) % number for number in numbers]
    probe.data = {
        "kind": "wrong_labels",
        "seed": SEED,
        "labels": [probe.store(h) for h in labels],
        "numbers_of_classes": list(numbers),
        "draws": 2,
    }
    return probe


def _losses_probe(batch: int, copies: int, conditional: bool) -> Trace:
    probe = _probe("losses", conditional, copies=copies)
    random = torch.Generator().manual_seed(SEED)
    images, labels = _digits(batch)
    z = torch.randn(batch, SIZES["latent_size"], generator=random)
    probe.data["x_real"] = probe.store(images.repeat(copies, 1))
    probe.data["z"] = probe.store(z.repeat(copies, 1))
    if conditional:
        h = labels.repeat(copies)
        probe.data |= {"h": probe.store(h), "h_wrong": probe.store((h + 1) % 10), "weight": WEIGHT}
    return probe


def _step_probe(batch: int, steps: int, conditional: bool) -> Trace:
    experiments = list(range(1, steps)) or [0]
    probe = _probe("train_step", conditional, lr=STEP_LR, light=False, experiments=experiments)
    images, labels = _digits(steps * batch)
    probe.data["batches"] = [probe.store(image) for image in images.split(batch)]
    if conditional:
        probe.data["labels"] = [probe.store(h) for h in labels.split(batch)]
    return probe
