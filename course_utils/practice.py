"""Practice probes: what the visible checks try a student's functions on, with sizes and seeds that all may know.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* they are to the visible checks
what the autograder's probes are to the hidden ones: the same experiments on other models and data.
"""

from typing import Any

import torch

from course_utils.data import mnist_images
from course_utils.models import Model
from course_utils.probe import flat_weights
from course_utils.trace import Trace

SEED = 0
SIZES: dict[str, Any] = {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 32, "latent_size": 8}
BATCH_SIZES = (10, 3)
TRAINING = {"lr": 1e-3, "batch_size": 64, "num_steps": 300, "log_every": 100}


def practice_probes(kind: str) -> list[Trace]:
    """The practice probes of a kind: `"optimizers"`, `"losses"`, `"train_step"` or `"convergence"`."""
    if kind == "optimizers":
        return [_probe(kind, lrs=[1e-3, 1e-2])]
    if kind == "losses":
        return [_losses_probe(batch) for batch in BATCH_SIZES]
    if kind == "train_step":
        return [_step_probe(batch) for batch in BATCH_SIZES]
    probe = _probe(kind, **TRAINING)
    probe.data["images"] = probe.store((_images(4000) * 255).round().to(torch.uint8))
    return [probe]


def held_out_images(n: int) -> torch.Tensor:
    """`n` test images, `(n, 784)` float32 in [0, 1]."""
    return _images(n, train=False)


def _images(n: int, train: bool = True) -> torch.Tensor:
    images, _ = mnist_images(train=train)
    return images[:n].float().flatten(1) / 255


def _probe(kind: str, **data: object) -> Trace:
    probe = Trace()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        weights = flat_weights(Model(**SIZES), probe)
    probe.data = {"kind": kind, "seed": SEED, "model": SIZES, "weights": weights, **data}
    return probe


def _losses_probe(batch: int) -> Trace:
    probe = _probe("losses")
    random = torch.Generator().manual_seed(SEED)
    probe.data["x_real"] = probe.store(_images(batch))
    probe.data["z"] = probe.store(torch.randn(batch, SIZES["latent_size"], generator=random))
    return probe


def _step_probe(batch: int) -> Trace:
    probe = _probe("train_step", lr=1e-3, light=False)
    images = _images(2 * batch).split(batch)
    probe.data["batches"] = [probe.store(image) for image in images]
    return probe
