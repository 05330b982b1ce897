"""Making probes: models, data and seeds that a submission is asked to work on.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these go into the sandbox's
inbox. They hold questions only, no answers: sizes, weights and data that the student cannot know in advance. The
`probes.py` of an assignment says which. With `number_of_classes` among its sizes a model is conditional, and its probe
holds labels.
"""

from typing import Any

import torch

from course_utils.conditional import make_model
from course_utils.gan.probe_model import flat_weights
from course_utils.gan.spread import real_digits, spread_model
from coursekit.trace import Trace

Sizes = dict[str, Any]

HOMEWORK_SIZES: Sizes = {
    "number_of_hidden_layers": 2,
    "input_size": 784,
    "hidden_size": 256,
    "latent_size": 64,
}
# The steps are on models of the same sizes as the losses, but all on images of the homework's size: who has written
# that into the step loses the point of the training, which is on smaller ones, and not those of all that steps show.
STEP_IMAGES: Sizes = {"input_size": HOMEWORK_SIZES["input_size"]}
# Labels of real and fake can be read from gradients only while D's scores spread, so the steps of the probe are too
# small to saturate D.
STEP_LR = 1e-4
OPTIMIZER_LRS = (1e-4, 1e-3, 1e-2)
CONVERGENCE_SIZES: Sizes = {
    "number_of_hidden_layers": 1,
    "input_size": 196,
    "hidden_size": 64,
    "latent_size": 16,
}
CONVERGENCE_IMAGES = 10_000


def make_probe(kind: str, sizes: Sizes, random: torch.Generator, **data: Any) -> Trace:
    """A probe with a seed and a model whose outputs spread."""
    probe = Trace()
    seed = int(torch.randint(2**31, (), generator=random))
    model = spread_model(sizes, random)
    probe.data = {"kind": kind, "seed": seed, "model": sizes, "weights": flat_weights(model, probe), **data}
    return probe


def losses_probe(sizes: Sizes, batch: int, random: torch.Generator, **data: Any) -> Trace:
    """Call each loss alone on `batch` images and latent vectors and, with labels, on right and on wrong ones."""
    probe = make_probe("losses", sizes, random, **data)
    images, h = real_digits(batch, sizes["input_size"], random)
    probe.data["x_real"] = probe.store(images)
    probe.data["z"] = probe.store(torch.randn(batch, sizes["latent_size"], generator=random))
    if classes := sizes.get("number_of_classes"):
        h_wrong = (h + torch.randint(1, classes, h.shape, generator=random)) % classes
        probe.data |= {"h": probe.store(h), "h_wrong": probe.store(h_wrong)}
    return probe


def step_probe(
    sizes: Sizes, batch: int, steps: int, lr: float, random: torch.Generator, *, light: bool = False
) -> Trace:
    """Take training steps on mini-batches of `batch` images, all different; `light`: only whether they run."""
    probe = make_probe("train_step", sizes, random, lr=lr, light=light)
    if not light and lr > 0:
        # The last ones, when nothing is new any more; as many as a design may take from one update to the next.
        probe.data["experiments"] = list(range(steps - (steps + 1) // 2 - steps // 8, steps))
    images, labels = real_digits(batch * steps, sizes["input_size"], random)
    probe.data["batches"] = [probe.store(x_real) for x_real in images.split(batch)]
    if "number_of_classes" in sizes:
        probe.data["labels"] = [probe.store(h) for h in labels.split(batch)]
    return probe


def convergence_probe(sizes: Sizes, training: dict[str, Any], random: torch.Generator) -> Trace:
    """Train a small model, with torch's own initial weights, on images of its size or, for code that needs it, wide.

    Args:
        sizes: of the model.
        training: lr, batch_size, num_steps and log_every.
        random: what to draw from.
    """
    seed = int(torch.randint(2**31, (), generator=random))
    probe = Trace()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # torch's own initialization, as in the homework
        model, wide_model = make_model(**sizes), make_model(**wide(sizes))
    images, labels = real_digits(CONVERGENCE_IMAGES, sizes["input_size"], random)
    probe.data = {
        "kind": "convergence",
        "seed": seed,
        "model": sizes,
        "weights": flat_weights(model, probe),
        "wide_model": wide(sizes),
        "wide_weights": flat_weights(wide_model, probe),
        "images": probe.store((images * 255).round().to(torch.uint8)),
        **training,
    }
    if "number_of_classes" in sizes:
        probe.data["labels"] = probe.store(labels)
    return probe


def wide(sizes: Sizes) -> Sizes:
    """For code that is written for 784 pixels, as the homework's images have: the same, each pixel four times."""
    return {**sizes, "input_size": 4 * sizes["input_size"]}
