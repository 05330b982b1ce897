"""The probes of homework 2: which models, data and seeds a submission is asked to work on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these go into the sandbox's
inbox.
"""

from collections.abc import Iterator
from typing import Any

import torch

from checks.gan import probes
from checks.gan.probes import CONVERGENCE_SIZES, HOMEWORK_SIZES, OPTIMIZER_LRS, STEP_IMAGES, STEP_LR, Sizes, wide
from coursekit.trace import Trace

LOSS_SIZES: dict[str, tuple[int, Sizes]] = {
    # name: (batch, sizes); the batch sizes differ, and once the images, so that a sum can be told from a mean
    "losses-16": (16, {"number_of_hidden_layers": 2, "input_size": 784, "hidden_size": 12, "latent_size": 5}),
    "losses-7": (7, {"number_of_hidden_layers": 1, "input_size": 196, "hidden_size": 9, "latent_size": 3}),
    # of one image: with few hidden units, all of them may be dead, and no gradient passes (5 of 1,500 models with 10)
    "losses-1": (1, {"number_of_hidden_layers": 1, "input_size": 784, "hidden_size": 30, "latent_size": 4}),
}
STEPS = {"16": 8, "7": 4, "1": 3}
WIDE_SIZES = wide(CONVERGENCE_SIZES)
CONVERGENCE: dict[str, Any] = {"lr": 1e-3, "batch_size": 64, "num_steps": 600, "log_every": 100}


def make_probes(seed: int) -> Iterator[tuple[str, Trace]]:
    """The name and the content of each probe; equal seeds give equal probes."""
    random = torch.Generator().manual_seed(seed)
    yield "optimizers", probes.make_probe("optimizers", LOSS_SIZES["losses-16"][1], random, lrs=OPTIMIZER_LRS)
    for name, (batch, sizes) in {**LOSS_SIZES, "losses-homework": (64, HOMEWORK_SIZES)}.items():
        yield name, probes.losses_probe(sizes, batch, random)
    for name, steps in STEPS.items():
        batch, sizes = LOSS_SIZES[f"losses-{name}"]
        yield f"train_step-{name}", probes.step_probe(sizes | STEP_IMAGES, batch, steps, STEP_LR, random)
    yield "train_step-lr-0", probes.step_probe(LOSS_SIZES["losses-7"][1] | STEP_IMAGES, 7, 2, 0.0, random)
    yield "train_step-homework", probes.step_probe(HOMEWORK_SIZES, 64, 1, STEP_LR, random, light=True)
    yield "convergence", convergence_probe(random)


def convergence_probe(random: torch.Generator) -> Trace:
    """Train a small model for `CONVERGENCE["num_steps"]` steps."""
    return probes.convergence_probe(CONVERGENCE_SIZES, CONVERGENCE, random)
