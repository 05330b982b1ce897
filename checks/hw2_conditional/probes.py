"""The probes of the extra credit: which models, data, labels and seeds a submission is asked to work on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these go into the sandbox's
inbox. Digits have labels from 0 to 9; a model with 40 classes tells code that counts on 10.
"""

from collections.abc import Iterator
from typing import Any

import torch

from checks.gan import probes
from checks.gan.probes import HOMEWORK_SIZES, OPTIMIZER_LRS, STEP_IMAGES, STEP_LR, Sizes, wide
from coursekit.trace import Trace

LOSS_SIZES: dict[str, tuple[int, float, Sizes]] = {
    # name: (batch, weight of the reconstruction error, sizes); all differ, so that factors can be told apart
    "losses-16": (
        16,
        3.0,
        {
            "number_of_hidden_layers": 2,
            "input_size": 784,
            "hidden_size": 12,
            "latent_size": 5,
            "number_of_classes": 10,
        },
    ),
    "losses-7": (
        7,
        0.5,
        {
            "number_of_hidden_layers": 1,
            "input_size": 196,
            "hidden_size": 9,
            "latent_size": 3,
            "number_of_classes": 40,
        },
    ),
    "losses-1": (
        1,
        11.0,
        {
            "number_of_hidden_layers": 1,
            "input_size": 784,
            "hidden_size": 30,  # see homework 2
            "latent_size": 4,
            "number_of_classes": 10,
        },
    ),
}
STEPS = {"16": 8, "7": 4, "1": 3}
HOMEWORK = {**HOMEWORK_SIZES, "number_of_classes": 10}
# Labels are learnt later than digits: a wider model, shorter codes, larger steps and more of them than in homework 2
# bring it about, also with the betas that Adam has by default.
TRAINED: Sizes = {
    "number_of_hidden_layers": 1,
    "input_size": 196,
    "hidden_size": 128,
    "latent_size": 8,
    "number_of_classes": 10,
}
WIDE_SIZES = wide(TRAINED)
CONVERGENCE: dict[str, Any] = {"lr": 1.5e-3, "batch_size": 64, "num_steps": 1000, "log_every": 200}
NUMBERS_OF_CLASSES = (10, 4, 2)
LABELS, DRAWS = 3000, 2  # so many labels are made wrong so often


def make_probes(seed: int) -> Iterator[tuple[str, Trace]]:
    """The name and the content of each probe; equal seeds give equal probes."""
    random = torch.Generator().manual_seed(seed)
    yield "optimizers", probes.make_probe("optimizers", LOSS_SIZES["losses-16"][2], random, lrs=OPTIMIZER_LRS)
    yield "wrong_labels", wrong_labels_probe(random)
    for name, (batch, weight, sizes) in {**LOSS_SIZES, "losses-homework": (64, 30.0, HOMEWORK)}.items():
        yield name, probes.losses_probe(sizes, batch, random, weight=weight)
    for name, steps in STEPS.items():
        batch, _, sizes = LOSS_SIZES[f"losses-{name}"]
        yield f"train_step-{name}", probes.step_probe(sizes | STEP_IMAGES, batch, steps, STEP_LR, random)
    yield "train_step-lr-0", probes.step_probe(LOSS_SIZES["losses-7"][2] | STEP_IMAGES, 7, 2, 0.0, random)
    yield "train_step-homework", probes.step_probe(HOMEWORK, 64, 1, STEP_LR, random, light=True)
    yield "convergence", convergence_probe(random)


def wrong_labels_probe(random: torch.Generator) -> Trace:
    """Draw wrong labels for random ones, of several numbers of classes, several times."""
    probe = Trace()
    labels = [torch.randint(number, (LABELS,), generator=random) for number in NUMBERS_OF_CLASSES]
    probe.data = {
        "kind": "wrong_labels",
        "seed": int(torch.randint(2**31, (), generator=random)),
        "labels": [probe.store(h) for h in labels],
        "numbers_of_classes": list(NUMBERS_OF_CLASSES),
        "draws": DRAWS,
    }
    return probe


def convergence_probe(random: torch.Generator) -> Trace:
    """Train a small model for `CONVERGENCE["num_steps"]` steps."""
    return probes.convergence_probe(TRAINED, CONVERGENCE, random)
